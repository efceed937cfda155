import type { GateFinding } from '../../core/gate.ts';
import { type KeyContext, unapprovedSignOff } from '../key-rules.ts';
import type { ActionId } from '../keys.ts';
import { checkKey, findingKeyOf, questionKey } from '../model/checkpoint.ts';
import { paragraph, span } from '../model/line.ts';
import { findCheck, findCheckpoint } from '../model/lookup.ts';
import { sqlLines } from '../model/sql.ts';
import { scanner } from '../scanner.ts';
import type { FormPlace } from '../state.ts';
import type { Wizard } from '../wizard.ts';
import { acknowledgeForm, applyForm, approveForm, attestForm, revokeForm, signForm, waiveForm } from './forms.ts';
import { move, openRow } from './move.ts';

/** The form an action asks first, or null when it asks nothing. The same forms serve the plain mode. */
export function actionForm(
  wizard: Wizard,
  action: ActionId,
  context: KeyContext,
): FormPlace | null | Promise<FormPlace | null> {
  const { finding, checkpoint } = context;
  switch (action) {
    case 'attest':
      return questionForm(wizard, context);
    case 'waive':
      return finding && waiveForm(wizard, finding);
    case 'acknowledge':
      return finding && acknowledgeForm(wizard, finding);
    case 'apply':
      return finding && applyForm(wizard, finding, checkpoint?.gate.id ?? null);
    case 'revoke':
      return revokeForm(wizard, context);
    case 'approve':
      return approveForm(wizard, context);
    case 'sign':
      return context.screen === 'signoff' ? signForm(wizard) : null;
    default:
      return null;
  }
}

type Deed = (wizard: Wizard, context: KeyContext) => unknown;

const withFinding =
  (deed: (wizard: Wizard, finding: GateFinding, context: KeyContext) => unknown): Deed =>
  (wizard, context) =>
    context.finding ? deed(wizard, context.finding, context) : undefined;

const DEEDS: Partial<Record<ActionId, Deed>> = {
  up: (wizard) => move(wizard, -1),
  down: (wizard) => move(wizard, 1),
  'page-up': (wizard) => move(wizard, -pageSize(wizard)),
  'page-down': (wizard) => move(wizard, pageSize(wizard)),
  first: (wizard) => move(wizard, Number.NEGATIVE_INFINITY),
  last: (wizard) => move(wizard, Number.POSITIVE_INFINITY),
  open: openRow,
  back: goBack,
  next: goToNext,
  filter: startFilter,
  'only-blockers': toggleBlockers,
  rerun,
  'rerun-all': (wizard) => wizard.run([], 'all checks'),
  'why-blocked': (wizard, { checkpoint }) =>
    wizard.go({ kind: 'blocked', checkpoint: checkpoint?.gate.id ?? null, cursor: null, at: 0 }),
  copy: withFinding((wizard, finding) => copyFix(wizard, finding.fix.sql ?? '')),
  studio: (wizard, { studio }) => openStudio(wizard, studio ?? ''),
  explain,
  migration: withFinding((wizard, { fingerprint, environment }) => writeMigration(wizard, fingerprint, environment)),
  bundle: writeBundle,
  sign: (wizard) => wizard.go({ kind: 'signoff', scroll: 0 }),
  help: (wizard, context) => wizard.go({ kind: 'help', context, filter: '', typing: false, scroll: 0 }),
  quit: (wizard) => wizard.quit(),
};

const MOVES: ReadonlySet<ActionId> = new Set(['up', 'down', 'page-up', 'page-down', 'first', 'last']);

/** Does what a key stands for. The caller has checked that it is not disabled. */
export function perform(wizard: Wizard, action: ActionId, context: KeyContext): void {
  // What was said last stays while the cursor moves, and goes with the first deed.
  if (!MOVES.has(action)) wizard.set({ notice: null });
  const form = actionForm(wizard, action, context);
  if (form instanceof Promise) void wizard.askOnce(form);
  else if (form) wizard.ask(form);
  else DEEDS[action]?.(wizard, context);
}

function pageSize(wizard: Wizard): number {
  return Math.max(1, wizard.size().rows - 10);
}

/** Esc first clears a filter, then leaves. */
function goBack(wizard: Wizard): void {
  const { place } = wizard;
  if (place.kind === 'checkpoint' && (place.filter.text !== '' || place.filter.onlyBlockers)) {
    wizard.replace({ ...place, filter: { text: '', onlyBlockers: false } });
    return;
  }
  if (place.kind === 'help' && place.filter !== '') {
    wizard.replace({ ...place, filter: '', scroll: 0 });
    return;
  }
  wizard.back();
}

/** To the screen of the single next thing, its cursor on it. */
function goToNext(wizard: Wizard): void {
  const { gate } = wizard.view();
  const { next } = gate;
  if (next === null || unapprovedSignOff(gate) !== null) {
    wizard.go({ kind: 'signoff', scroll: 0 });
    return;
  }
  const { place } = wizard;
  if (place.kind !== 'overview') {
    const [first] = wizard.snapshot().stack;
    if (first) wizard.set({ stack: [first], notice: null });
  }
  wizard.openCheckpoint(next.checkpoint);
  const opened = wizard.place;
  if (opened.kind !== 'checkpoint') return;
  const environment = next.environment ?? '';
  const cursor =
    next.fingerprint !== null
      ? findingKeyOf({ fingerprint: next.fingerprint, environment })
      : next.attestation !== null
        ? questionKey(next.attestation)
        : next.check !== null && next.kind !== 'check-not-run'
          ? checkKey({ id: next.check, environment })
          : null;
  wizard.replace({ ...opened, cursor });
}

function startFilter(wizard: Wizard): void {
  const { place } = wizard;
  if (place.kind === 'checkpoint' || place.kind === 'help') wizard.replace({ ...place, typing: true });
}

function toggleBlockers(wizard: Wizard): void {
  const { place } = wizard;
  if (place.kind !== 'checkpoint') return;
  const filter = { ...place.filter, onlyBlockers: !place.filter.onlyBlockers };
  wizard.replace({ ...place, filter, cursor: null, at: 0 });
}

function rerun(wizard: Wizard, context: KeyContext): void {
  const id = context.checkpoint?.gate.id ?? (wizard.place.kind === 'signoff' ? '7' : null);
  if (id !== null) {
    void wizard.run([id], id);
    return;
  }
  const { place } = wizard;
  const section = place.kind === 'overview' ? place.cursor?.split(':')[1] : undefined;
  return void wizard.run(
    section === undefined ? [] : [section],
    section === undefined ? 'all checks' : `section ${section}`,
  );
}

/** Asks the question under the cursor, for the check that could not run, else the first question without an answer. */
function questionForm(
  wizard: Wizard,
  { checkpoint, question, check }: KeyContext,
): FormPlace | null | Promise<FormPlace | null> {
  if (!checkpoint) return null;
  if (!question && check && (check.status === 'skipped' || check.status === 'error')) {
    return attestForm(wizard, checkpoint, { check });
  }
  const { attestations } = checkpoint.gate;
  const chosen = question ?? attestations.find((one) => one.state !== 'given') ?? attestations[0];
  if (!chosen) return null;
  const declared = checkpoint.declared.attestations.find((one) => one.id === chosen.id);
  if (!declared?.review) return attestForm(wizard, checkpoint, { question: chosen });
  return wizard.controller
    .review(checkpoint.gate.id, chosen.id)
    .then((review) => attestForm(wizard, checkpoint, { question: chosen }, review));
}

async function copyFix(wizard: Wizard, sql: string): Promise<void> {
  await wizard.act(async () => {
    const how = await wizard.options.copy(sql);
    if (how === 'clipboard') return 'fix copied to the clipboard';
    if (how === 'osc52') return 'fix sent to your terminal’s clipboard (OSC 52)';
    wizard.print([[span(' Fix:', 'strong')], ...sqlLines(sql, wizard.size().columns, scanner(), 3)]);
    return 'no clipboard here: the fix is printed above';
  });
}

function openStudio(wizard: Wizard, url: string): void {
  void wizard.act(async () => {
    wizard.print(paragraph(url, wizard.size().columns, { indent: 1, tone: 'accent' }));
    await wizard.options.openUrl(url);
    return 'opened in your browser';
  });
}

function explain(wizard: Wizard, context: KeyContext): void {
  const check = context.finding?.check ?? context.check?.id ?? null;
  const owner =
    check === null
      ? context.checkpoint
      : findCheckpoint(wizard.view(), findCheck(wizard.view(), check)?.checkpoint ?? '');
  if (owner) wizard.go({ kind: 'explain', check, checkpoint: owner.gate.id, scroll: 0 });
}

function writeMigration(wizard: Wizard, fingerprint: string, environment: string): void {
  void wizard.act(async () => `migration written: ${await wizard.controller.writeMigration(fingerprint, environment)}`);
}

function writeBundle(wizard: Wizard): void {
  void wizard.act(async () => {
    const { path, sha256 } = await wizard.controller.bundle();
    return `bundle written: ${path} (sha256 ${sha256.slice(0, 16)}…)`;
  });
}
