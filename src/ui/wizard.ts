import { EXIT, UserError } from '../core/errors.ts';
import type { Person } from '../core/events.ts';
import type { AuditController, AuditView, RunProgress } from '../engine/controller.ts';
import { handleKey } from './control/handle.ts';
import { COPY } from './copy.ts';
import { type InkKey, InputReader, type KeyEvent } from './input.ts';
import { checkKey, NO_FILTER } from './model/checkpoint.ts';
import { type Line, span } from './model/line.ts';
import { allCheckpoints, findCheckpoint, resolveSelector } from './model/lookup.ts';
import { startOf } from './model/overview.ts';
import { type Running, runWords } from './model/progress.ts';
import { timeOfDay } from './model/words.ts';
import type { FormPlace, Place, Size, WizardState } from './state.ts';
import type { Tone } from './theme.ts';

/** Keys typed while checks ran are read and dropped for so long after the run, milliseconds. */
const SETTLE_MS = 80;
/** A form takes keys only so long after it appeared, milliseconds. */
const ARM_MS = 300;
const TICK_MS = 100;
/** How long leaving waits for a cancelled run, milliseconds. */
const LETTING_GO_MS = 1_000;

export interface WizardOptions {
  /** Command that resumes this audit, as a person would type it. */
  resumeCommand: string;
  /** Who answers; null: asked once, with the first act. */
  person: Person | null;
  savePerson(person: Person): void;
  /** Checkpoint, section or check id to open first. */
  initial?: string;
  openUrl(url: string): Promise<void>;
  copy(text: string): Promise<'clipboard' | 'osc52' | 'printed'>;
}

/**
 * The wizard without its pictures: holds what is on screen, turns keys into movements and intents. React reads it through
 * `subscribe` and `snapshot`; it never reads React.
 */
export class Wizard {
  readonly controller: AuditController;
  readonly options: WizardOptions;
  /** How far the text on screen can be scrolled; told by the screen that drew it. */
  extent = 0;
  readonly #reader = new InputReader();
  readonly #listeners = new Set<() => void>();
  readonly #exit: (code: 0 | 1 | 130) => void;
  readonly #unsubscribe: () => void;
  #state: WizardState;
  #size: Size;
  #satisfied: ReadonlySet<string>;
  #abort: AbortController | null = null;
  #run: Promise<unknown> | null = null;
  #logId = 0;

  constructor(controller: AuditController, options: WizardOptions, size: Size, exit: (code: 0 | 1 | 130) => void) {
    this.controller = controller;
    this.options = options;
    this.#size = size;
    this.#exit = exit;
    const view = controller.view();
    const start = startOf(view);
    this.#state = {
      stack: [{ kind: 'overview', cursor: start.cursor, at: 0, expanded: start.expanded }],
      running: null,
      busy: false,
      notice: null,
      person: options.person,
      appeared: new Set(),
      log: [],
      scanner: false,
    };
    this.#satisfied = satisfiedIds(view);
    this.#unsubscribe = controller.subscribe(() => this.#viewChanged());
  }

  snapshot = (): WizardState => this.#state;
  size = (): Size => this.#size;
  view = (): AuditView => this.controller.view();
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Where the person is. */
  get place(): Place {
    const top = this.#state.stack.at(-1);
    if (!top) throw new Error('the stack of screens is empty');
    return top;
  }

  /** Opens `options.initial`, once the first frame is out. */
  start(): void {
    const { initial } = this.options;
    if (initial === undefined) return;
    const target = resolveSelector(this.view(), initial);
    if (target === null) {
      this.notify('warn', `nothing is called “${initial}”: give a section (4), a checkpoint (4.1) or a check id`);
      return;
    }
    this.openCheckpoint(target.checkpoint, target.check);
  }

  resize(size: Size): void {
    this.#size = size;
    this.#changed();
  }

  set(change: Partial<WizardState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed();
  }

  notify(tone: Tone, text: string): void {
    this.set({ notice: { tone, text } });
  }

  go(place: Place): void {
    this.set({ stack: [...this.#state.stack, place], notice: null });
  }

  back(): void {
    const { stack } = this.#state;
    if (stack.length > 1) this.set({ stack: stack.slice(0, -1), notice: null });
  }

  /** Replaces the screen at hand. */
  replace(place: Place): void {
    this.set({ stack: [...this.#state.stack.slice(0, -1), place] });
  }

  /** Shows a form, deaf until it has been on screen for 300 ms. */
  ask(form: FormPlace): void {
    this.go(form);
    setTimeout(() => {
      const stack = this.#state.stack.map((place) =>
        place.kind === 'form' && place.form === form.form ? { ...place, armed: true } : place,
      );
      this.set({ stack });
    }, ARM_MS).unref();
  }

  /** The same, of a form that something has to be read for; keys are dropped until it is there. */
  async askOnce(form: Promise<FormPlace | null>): Promise<void> {
    this.set({ busy: true });
    try {
      const place = await form;
      this.set({ busy: false });
      if (place) this.ask(place);
    } catch (error) {
      this.set({ busy: false, notice: { tone: 'bad', text: errorText(error) } });
    }
  }

  /** Opens a checkpoint; checks that never ran are run at once. */
  openCheckpoint(id: string, check: string | null = null): void {
    const found = findCheckpoint(this.view(), id);
    if (!found) return;
    const own = found.gate.checks.find((one) => one.id === check);
    this.go({
      kind: 'checkpoint',
      id,
      cursor: own ? checkKey(own) : null,
      at: 0,
      filter: NO_FILTER,
      typing: false,
    });
    const { readOnly } = this.view();
    if (!readOnly && found.gate.checks.some((one) => one.status === 'not-run')) void this.run([id], id);
  }

  /** Puts a line into the scrollback, above the screen. */
  print(lines: readonly Line[]): void {
    this.set({ log: [...this.#state.log, ...lines.map((line) => ({ id: this.#logId++, line }))] });
  }

  /** Runs checks with live progress; an aborted or failed run leaves the earlier results standing. */
  async run(selectors: readonly string[], label: string): Promise<void> {
    if (this.#state.running || this.#state.busy) return;
    const abort = new AbortController();
    this.#abort = abort;
    const startedAt = Date.now();
    let progress: RunProgress | null = null;
    const running: Running = { label, startedAt, now: startedAt, progress, cancelling: false };
    this.set({ running, notice: null });
    const tick = setInterval(() => {
      this.set({ running: { ...running, now: Date.now(), progress, cancelling: abort.signal.aborted } });
    }, TICK_MS);
    const ran = ranChecks(this.view());
    const run = this.controller.run({
      selectors,
      signal: abort.signal,
      onProgress: (now) => {
        progress = now;
      },
    });
    this.#run = run.catch(() => {});
    const outcome: { tone: Tone; text: string; appeared?: ReadonlySet<string> } = await run.then(
      (summary) => ({
        tone: summary.problems.length > 0 ? ('warn' as const) : ('ok' as const),
        text: runWords(summary, ranChecks(this.view()) - ran, this.view()),
        appeared: new Set(summary.appeared),
      }),
      (error: unknown) =>
        abort.signal.aborted
          ? { tone: 'warn' as const, text: COPY.cancelled }
          : { tone: 'bad' as const, text: errorText(error) },
    );
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    clearInterval(tick);
    this.#abort = null;
    this.#run = null;
    const text = this.#withNext(outcome.text);
    this.set({
      running: null,
      notice: { tone: outcome.tone, text },
      appeared: outcome.appeared ?? this.#state.appeared,
    });
  }

  /** Sends an intent; its outcome or refusal becomes the notice. Resolves to true when it was done. */
  async act(work: () => Promise<string>): Promise<boolean> {
    if (this.#state.busy) return false;
    this.set({ busy: true });
    try {
      const text = await work();
      this.set({ busy: false, notice: { tone: 'ok', text: this.#withNext(text) } });
      return true;
    } catch (error) {
      this.set({ busy: false, notice: { tone: 'bad', text: errorText(error) } });
      return false;
    }
  }

  /** Remembers who acts, for this and later sessions. */
  /** Somebody is known by their preferences or git; whoever has introduced themselves stays who they are. */
  recognise(person: Person): void {
    if (this.snapshot().person === null) this.set({ person });
  }

  introduce(person: Person): void {
    this.set({ person });
    this.options.savePerson(person);
  }

  /** What Ink's useInput delivered. */
  input(input: string, key: InkKey): void {
    for (const event of this.#reader.read(input, key)) this.key(event);
  }

  key(event: KeyEvent): void {
    if (event.key === 'ctrl-c') {
      this.#interrupt();
      return;
    }
    if (this.#state.running || this.#state.busy) return;
    handleKey(this, event);
  }

  /** Leaves, once a run under way has let go. Everything is saved already. */
  quit(code?: 130): void {
    this.#abort?.abort();
    this.#unsubscribe();
    const leave = () => this.#exit(code ?? (this.view().gate.decision === 'blocked' ? EXIT.notReady : EXIT.ok));
    if (this.#run === null) {
      leave();
      return;
    }
    const patience = new Promise((resolve) => setTimeout(resolve, LETTING_GO_MS));
    void Promise.race([this.#run, patience]).then(leave);
  }

  #interrupt(): void {
    const { running } = this.#state;
    if (!running || running.cancelling || !this.#abort) {
      this.quit(EXIT.interrupted);
      return;
    }
    this.#abort.abort();
    this.set({ running: { ...running, cancelling: true } });
  }

  /** Offers the next checkpoint once the one at hand is satisfied. */
  #withNext(text: string): string {
    const { place } = this;
    const view = this.view();
    const here = place.kind === 'checkpoint' ? findCheckpoint(view, place.id) : null;
    if (here?.gate.state !== 'satisfied') return text;
    const next = view.gate.next?.checkpoint;
    const offer = next !== undefined && next !== here.gate.id ? `. ${COPY.nextCheckpoint(next)}` : '';
    return `${text}. ${COPY.satisfied(here.gate)}${offer}`;
  }

  #viewChanged(): void {
    const view = this.view();
    const now = satisfiedIds(view);
    const fresh = allCheckpoints(view).filter(({ gate }) => now.has(gate.id) && !this.#satisfied.has(gate.id));
    this.#satisfied = now;
    if (fresh.length === 0) {
      this.#changed();
      return;
    }
    this.print(
      fresh.map(({ gate }) => [
        span(' ✔ ', 'ok'),
        span(`${gate.id} ${gate.title}`),
        span(`   satisfied ${timeOfDay(view.savedAt)}`, 'muted'),
      ]),
    );
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function satisfiedIds(view: AuditView): ReadonlySet<string> {
  return new Set(
    allCheckpoints(view)
      .filter(({ gate }) => gate.state === 'satisfied')
      .map(({ gate }) => gate.id),
  );
}

/** How many checks have a result. */
function ranChecks(view: AuditView): number {
  return allCheckpoints(view).flatMap(({ gate }) => gate.checks.filter((check) => check.status !== 'not-run')).length;
}

function errorText(error: unknown): string {
  if (error instanceof UserError) return `${error.message}; ${error.next}`;
  return error instanceof Error ? error.message : String(error);
}
