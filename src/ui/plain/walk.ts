import { UserError } from '../../core/errors.ts';
import type { GateFinding } from '../../core/gate.ts';
import type { RunProgress } from '../../engine/controller.ts';
import { cells } from '../cells.ts';
import { actionForm } from '../control/actions.ts';
import { contextOf } from '../control/context.ts';
import { type KeyContext, unapprovedSignOff } from '../key-rules.ts';
import { type ActionId, BINDINGS } from '../keys.ts';
import { blockedRows } from '../model/blocked.ts';
import { checkpointRows, gateText, NO_FILTER } from '../model/checkpoint.ts';
import { checkpointLines } from '../model/checkpoint-line.ts';
import { explainCheck, explainCheckpoint } from '../model/explain.ts';
import { findingLines } from '../model/finding.ts';
import { type Line, textOf } from '../model/line.ts';
import { allCheckpoints, findCheck, findCheckpoint, findFinding, resolveSelector } from '../model/lookup.ts';
import { decisionLines, matrixHead, matrixLine } from '../model/matrix.ts';
import { nextLines } from '../model/overview.ts';
import { runWords } from '../model/progress.ts';
import { checkpointMark, timeOfDay } from '../model/words.ts';
import type { FormPlace, Place } from '../state.ts';
import type { Wizard } from '../wizard.ts';
import type { Ask } from './ask.ts';

/** Longest line of the plain transcript; a screen reader has no columns, a terminal breaks lines itself. */
const WIDTH = 400;

/** The walk as questions and lines. Uses the wizard's models and forms, so both say and record the same. */
export class PlainWalk {
  readonly #wizard: Wizard;
  readonly #ask: Ask;
  readonly #say: (text: string) => void;

  constructor(wizard: Wizard, ask: Ask, say: (text: string) => void) {
    this.#wizard = wizard;
    this.#ask = ask;
    this.#say = say;
  }

  /** Until the person leaves. Rejects with the `interrupted` UserError on Ctrl-C. */
  async run(initial?: string): Promise<void> {
    const target = initial === undefined ? null : resolveSelector(this.#wizard.view(), initial);
    if (target) await this.#checkpoint(target.checkpoint);
    for (;;) {
      this.#overview();
      const checkpoints = allCheckpoints(this.#wizard.view());
      const answer = await this.#choose(
        'Number of a checkpoint, n next, a run all, b what blocks, s sign-off, w bundle, q quit:',
      );
      const chosen = checkpoints[Number(answer) - 1];
      const next = this.#wizard.view().gate.next;
      if (answer === 'q') return;
      if (chosen) await this.#checkpoint(chosen.gate.id);
      else if (answer === 'n' && next && unapprovedSignOff(this.#wizard.view().gate) === null)
        await this.#checkpoint(next.checkpoint);
      else if (answer === 'n' || answer === 's') await this.#signOff();
      else if (answer === 'a') await this.#runChecks([]);
      else if (answer === 'b') this.#blocked(null);
      else if (answer === 'w') await this.#bundle();
      else this.#say(`“${answer}” is none of these.`);
    }
  }

  async #choose(message: string): Promise<string> {
    return (await this.#ask(message)).trim();
  }

  #lines(lines: readonly Line[]): void {
    for (const line of lines) this.#say(textOf(line).replace(/ {3,}/g, '  ').trimEnd());
  }

  #overview(): void {
    const view = this.#wizard.view();
    const checkpoints = allCheckpoints(view);
    const done = checkpoints.filter(({ gate }) => gate.state === 'satisfied').length;
    const environments = view.state.environments.map((one) => one.name).join(', ');
    const saved = view.readOnly ? `read-only, held by ${view.holder}` : `saved ${timeOfDay(view.savedAt)}`;
    this.#say(`\n${view.state.project}, ${environments}: ${done} of ${checkpoints.length} satisfied, ${saved}`);
    let section = 0;
    for (const [index, { gate, section: own }] of checkpoints.entries()) {
      if (own.id !== section) this.#say(`Section ${own.id}, ${own.title}: ${own.state}`);
      section = own.id;
      this.#say(`  ${index + 1}. ${gate.id} ${gate.title}: ${checkpointMark(gate).words}`);
    }
    this.#lines(nextLines(view.gate.next, view, WIDTH));
  }

  async #checkpoint(id: string): Promise<void> {
    const first = findCheckpoint(this.#wizard.view(), id);
    if (!first) return;
    if (!this.#wizard.view().readOnly && first.gate.checks.some((one) => one.status === 'not-run'))
      await this.#runChecks([id]);
    for (;;) {
      const found = findCheckpoint(this.#wizard.view(), id);
      if (!found) return;
      const rows = checkpointRows(found, NO_FILTER);
      const chosen = rows.filter((row) => row.key !== null);
      this.#say(`\n${id} ${found.gate.title}: ${checkpointMark(found.gate).words}`);
      const context = {
        width: WIDTH,
        environments: this.#wizard.view().state.environments.length > 1,
        appeared: new Set<string>(),
        idWidth: 0,
        objectWidth: 0,
      };
      for (const row of rows) {
        const [line] = checkpointLines(row, false, {
          ...context,
          idWidth: row.kind === 'check' ? row.check.id.length + 14 : 0,
          objectWidth: row.kind === 'finding' ? cells(row.object) + 14 : 0,
        });
        const number = row.key === null ? '' : `${chosen.indexOf(row) + 1}. `;
        this.#say(
          `  ${number}${textOf(line ?? [])
            .trim()
            .replace(/ {2,}/g, '  ')}`,
        );
      }
      this.#say(gateText(found.gate));
      const answer = await this.#choose('Number to open, r re-run, e explain, b back:');
      if (answer === 'b' || answer === '') return;
      const row = chosen[Number(answer) - 1];
      if (answer === 'r') await this.#runChecks([id]);
      else if (answer === 'e') this.#lines(explainCheckpoint(found.declared, WIDTH));
      else if (row?.kind === 'finding') await this.#finding(row.finding);
      else if (row) await this.#row(id, row.key);
      else this.#say(`“${answer}” is none of these.`);
    }
  }

  /** A check or a question: explained, then answered where it can be. */
  async #row(id: string, key: string | null): Promise<void> {
    const place: Place = { kind: 'checkpoint', id, cursor: key, at: 0, filter: NO_FILTER, typing: false };
    const context = contextOf(this.#wizard.controller, place);
    const check = context.check && findCheck(this.#wizard.view(), context.check.id)?.check;
    if (check) this.#lines(explainCheck(check, WIDTH));
    await this.#acts(context, ['attest', 'revoke', 'approve']);
  }

  async #finding(finding: GateFinding): Promise<void> {
    const place: Place = {
      kind: 'finding',
      fingerprint: finding.fingerprint,
      environment: finding.environment,
      scroll: 0,
    };
    this.#lines(findingLines(this.#wizard.view(), finding, WIDTH, () => null));
    const context = contextOf(this.#wizard.controller, place);
    await this.#acts(context, ['waive', 'acknowledge', 'apply', 'revoke', 'approve', 'migration', 'copy', 'studio']);
    if (!findFinding(this.#wizard.view(), finding.fingerprint, finding.environment)) this.#say('It is fixed.');
  }

  /** Offers the acts that are possible here, and does the chosen one. */
  async #acts(context: KeyContext, ids: readonly ActionId[]): Promise<void> {
    const possible = BINDINGS.filter((one) => ids.includes(one.id) && (one.disabledReason?.(context) ?? null) === null);
    if (possible.length === 0) return;
    const options = possible.map((one) => `${one.keys[0]} ${one.label}`).join(', ');
    const answer = await this.#choose(`${options}, or Enter to go back:`);
    const chosen = possible.find((one) => one.keys.includes(answer));
    if (!chosen) return;
    const form = await actionForm(this.#wizard, chosen.id, context);
    if (form) await this.#form(form, context);
    else await this.#deed(chosen.id, context);
  }

  async #deed(id: ActionId, { finding, studio }: KeyContext): Promise<void> {
    const { controller, options } = this.#wizard;
    await this.#try(async () => {
      if (id === 'migration' && finding) {
        return `migration written: ${await controller.writeMigration(finding.fingerprint, finding.environment)}`;
      }
      if (id === 'copy' && finding?.fix.sql) return `fix: ${await options.copy(finding.fix.sql)}`;
      if (id === 'studio' && studio) {
        this.#say(studio);
        await options.openUrl(studio);
        return 'opened in your browser';
      }
      return 'nothing to do';
    });
  }

  async #form(form: FormPlace, context: KeyContext): Promise<void> {
    this.#say(form.title);
    for (const line of form.intro) this.#say(line);
    const values: Record<string, string> = {};
    for (const field of form.fields) {
      const hint = field.hint ? ` (${field.hint})` : '';
      if (field.kind === 'choice') {
        for (const line of field.lines ?? []) this.#say(line);
        const keys = field.choices.map((one) => `${one.key} ${one.label}`).join(', ');
        const key = await this.#ask(`${field.label}${hint} ${keys}:`, (value) =>
          field.choices.some((one) => one.key === value.trim()) ? null : `type one of ${keys}`,
        );
        values[field.id] = field.choices.find((one) => one.key === key.trim())?.value ?? '';
        continue;
      }
      const initial = field.initial ?? '';
      const preset = initial === '' ? '' : ` [${initial}]`;
      const value = await this.#ask(
        `${field.label}${hint}${preset}:`,
        (text) => field.validate?.(text || initial, values) ?? null,
      );
      values[field.id] = value || initial;
    }
    const sure = await this.#choose(`${form.confirm(values)} Type yes to record it:`);
    if (sure.toLowerCase() !== 'yes') {
      this.#say('Nothing was recorded.');
      return;
    }
    const done = await this.#try(() => form.submit(values));
    if (done && form.after && context.checkpoint) await this.#runChecks([context.checkpoint.gate.id]);
  }

  async #try(work: () => Promise<string>): Promise<boolean> {
    try {
      this.#say(await work());
      return true;
    } catch (error) {
      if (!(error instanceof UserError) || error.code === 'interrupted') throw error;
      this.#say(`Refused: ${error.message}. ${error.next}`);
      return false;
    }
  }

  /** Runs checks; says where it is every few seconds. Ctrl-C cancels. */
  async #runChecks(selectors: readonly string[]): Promise<void> {
    const abort = new AbortController();
    const cancel = () => abort.abort();
    process.on('SIGINT', cancel);
    let said = Date.now();
    const onProgress = (progress: RunProgress) => {
      if (Date.now() - said < 3_000 || progress.phase === 'save') return;
      said = Date.now();
      this.#say(`${progress.phase === 'collect' ? 'collecting' : 'checking'} ${progress.done} of ${progress.total}`);
    };
    this.#say(`Running ${selectors.length === 0 ? 'all checks' : selectors.join(', ')}; Ctrl-C cancels.`);
    try {
      const before = this.#ran();
      const summary = await this.#wizard.controller.run({ selectors, signal: abort.signal, onProgress });
      this.#say(runWords(summary, this.#ran() - before, this.#wizard.view()));
    } catch (error) {
      if (abort.signal.aborted) this.#say('Cancelled; the earlier results stand.');
      else if (error instanceof UserError) this.#say(`It could not be found out: ${error.message}. ${error.next}`);
      else throw error;
    } finally {
      process.off('SIGINT', cancel);
    }
  }

  /** How many checks have a result. */
  #ran(): number {
    const checks = allCheckpoints(this.#wizard.view()).flatMap(({ gate }) => gate.checks);
    return checks.filter((check) => check.status !== 'not-run').length;
  }

  #blocked(checkpoint: string | null): void {
    const rows = blockedRows(this.#wizard.view(), checkpoint);
    for (const { blocker } of rows) this.#say(`${blocker.checkpoint}: ${blocker.message}. ${blocker.next}`);
    if (rows.length === 0) this.#say('Nothing: everything is satisfied.');
  }

  async #signOff(): Promise<void> {
    const view = this.#wizard.view();
    this.#lines(decisionLines(view, WIDTH));
    if (view.matrix.length > 0) {
      this.#lines([
        matrixHead(80),
        ...view.matrix.map((row) => matrixLine(row, view.state.environments.length > 1, 80)),
      ]);
    }
    await this.#acts(contextOf(this.#wizard.controller, { kind: 'signoff', scroll: 0 }), [
      'sign',
      'approve',
      'revoke',
      'bundle',
    ]);
  }

  async #bundle(): Promise<void> {
    await this.#try(async () => `bundle written: ${(await this.#wizard.controller.bundle()).path}`);
  }
}
