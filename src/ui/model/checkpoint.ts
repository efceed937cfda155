import type { GateAttestation, GateCheck, GateCheckpoint, GateFinding } from '../../core/gate.ts';
import { describeObject } from '../../core/object.ts';
import { compareSeverity } from '../../core/severity.ts';
import { counted, grouped } from '../../core/text.ts';
import { cells } from '../cells.ts';
import type { FoundCheckpoint } from './lookup.ts';
import { holdsBack } from './words.ts';

/** A row of the checkpoint screen. Headings and notes cannot hold the cursor. */
export type CheckpointRow =
  | { kind: 'check'; key: string; check: GateCheck; title: string; item: string | null }
  | { kind: 'finding'; key: string; finding: GateFinding; object: string }
  | { kind: 'question'; key: string; question: GateAttestation }
  | { kind: 'heading'; key: null; text: string };

export const checkKey = (check: { id: string; environment: string }) => `check:${check.environment}:${check.id}`;
export const findingKeyOf = (finding: { fingerprint: string; environment: string }) =>
  `finding:${finding.environment}:${finding.fingerprint}`;
export const questionKey = (id: string) => `question:${id}`;

export interface CheckpointFilter {
  /** Words that must all occur in a finding or check. */
  text: string;
  /** Only what holds the checkpoint back. */
  onlyBlockers: boolean;
}
export const NO_FILTER: CheckpointFilter = { text: '', onlyBlockers: false };

interface Prepared {
  findings: { finding: GateFinding; object: string; haystack: string }[];
}
const prepared = new WeakMap<GateCheckpoint, Prepared>();

/** Findings of a checkpoint, worst first: open ones before covered ones, then severity, check, object. Sorted once per view. */
function prepare(checkpoint: GateCheckpoint): Prepared {
  const known = prepared.get(checkpoint);
  if (known) return known;
  const findings = checkpoint.checks
    .flatMap((check) => check.findings)
    .map((finding) => {
      const object = describeObject(finding.object);
      const haystack =
        `${finding.severity} ${finding.check} ${object} ${finding.message} ${finding.state}`.toLowerCase();
      return { finding, object, haystack };
    });
  const covered = (finding: GateFinding) => (finding.state === 'open' ? 0 : 1);
  findings.sort(
    (a, b) =>
      covered(a.finding) - covered(b.finding) ||
      compareSeverity(a.finding.severity, b.finding.severity) ||
      (a.finding.check < b.finding.check ? -1 : a.finding.check > b.finding.check ? 1 : 0),
  );
  const result = { findings };
  prepared.set(checkpoint, result);
  return result;
}

const matches = (words: readonly string[], haystack: string) => words.every((word) => haystack.includes(word));

/** Everything the checkpoint screen lists: checks, findings, questions. */
export function checkpointRows(found: FoundCheckpoint, filter: CheckpointFilter): CheckpointRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const narrowed = words.length > 0 || filter.onlyBlockers;
  const { findings } = prepare(found.gate);
  const declared = new Map(found.declared.checks.map((check) => [check.id, check]));
  const checks = found.gate.checks
    .filter((check) => !filter.onlyBlockers || !check.satisfied)
    .filter((check) =>
      matches(words, `${check.id} ${declared.get(check.id)?.title ?? ''} ${check.status}`.toLowerCase()),
    )
    .map((check): CheckpointRow => {
      const own = declared.get(check.id);
      return { kind: 'check', key: checkKey(check), check, title: own?.title ?? '', item: own?.item ?? null };
    });
  const shown = findings.filter(
    ({ finding, haystack }) => (!filter.onlyBlockers || holdsBack(finding)) && matches(words, haystack),
  );
  const questions = found.gate.attestations
    .filter((one) => !filter.onlyBlockers || (one.required && one.state !== 'given'))
    .filter((one) => matches(words, one.question.toLowerCase()))
    .map((question): CheckpointRow => ({ kind: 'question', key: questionKey(question.id), question }));

  const rows: CheckpointRow[] = [...checks];
  if (findings.length > 0) {
    const total = counted(findings.length, 'finding');
    const text = narrowed ? `${grouped(shown.length)} of ${total}` : total;
    rows.push({ kind: 'heading', key: null, text });
    for (const { finding, object } of shown)
      rows.push({ kind: 'finding', key: findingKeyOf(finding), finding, object });
  }
  if (questions.length > 0) {
    rows.push({ kind: 'heading', key: null, text: askedText(found.gate) }, ...questions);
  }
  if (rows.length === 0) rows.push({ kind: 'heading', key: null, text: 'nothing matches; Esc clears the filter' });
  return rows;
}

/** `Asked of you: 2 of 5 answered` */
function askedText(checkpoint: GateCheckpoint): string {
  const given = checkpoint.attestations.filter((one) => one.state === 'given').length;
  return `Asked of you: ${given} of ${checkpoint.attestations.length} answered`;
}

/** The row the cursor starts on: the first finding, check or question that holds the checkpoint back. */
function firstBlocking(rows: readonly CheckpointRow[]): string | null {
  const finding = rows.find((row) => row.kind === 'finding' && holdsBack(row.finding));
  const check = rows.find((row) => row.kind === 'check' && !row.check.satisfied && row.check.findings.length === 0);
  const question = rows.find(
    (row) => row.kind === 'question' && row.question.required && row.question.state !== 'given',
  );
  return (finding ?? check ?? question ?? rows.find((row) => row.key !== null))?.key ?? null;
}

/** What holds the checkpoint back, in one sentence. */
export function gateText(checkpoint: GateCheckpoint): string {
  const own = checkpoint.blockers.filter((one) => one.kind !== 'locked');
  if (own.length === 0) {
    return checkpoint.state === 'locked'
      ? 'Nothing of its own holds it back; its section is locked'
      : 'Gate: satisfied';
  }
  const count = (kinds: readonly string[]) => own.filter((one) => kinds.includes(one.kind)).length;
  const parts = [
    [count(['finding']), 'finding'],
    [count(['check-not-run']), 'check not run', 'checks not run'],
    [count(['check-skipped', 'check-error']), 'check that could not run', 'checks that could not run'],
    [count(['check-stale']), 'stale check'],
    [count(['attestation-missing', 'attestation-failed', 'attestation-stale']), 'question'],
    [count(['approval-missing']), 'second person', 'second persons'],
  ] as const;
  const words = parts
    .filter(([number]) => number > 0)
    .map(([number, noun, plural]) => counted(number, noun, plural))
    .join(', ');
  return `Gate: held by ${words}`;
}

export interface CheckpointList {
  rows: readonly CheckpointRow[];
  /** Keys of the rows that can hold the cursor, in order. */
  keys: readonly string[];
  /** Key → index into rows. */
  index: ReadonlyMap<string, number>;
  /** Where the cursor starts. */
  start: string | null;
  /** Cells of the longest check id. */
  longest: number;
  /** Cells of the longest object name, so that messages start as far left as they can. */
  longestObject: number;
}

const lists = new WeakMap<GateCheckpoint, { filter: CheckpointFilter; list: CheckpointList }>();

/** The rows of a checkpoint with their index; derived once for each result and filter, however often a key is pressed. */
export function checkpointList(found: FoundCheckpoint, filter: CheckpointFilter): CheckpointList {
  const known = lists.get(found.gate);
  if (known && known.filter.text === filter.text && known.filter.onlyBlockers === filter.onlyBlockers)
    return known.list;
  const rows = checkpointRows(found, filter);
  const index = new Map<string, number>();
  let longest = 0;
  let longestObject = 0;
  for (const [at, row] of rows.entries()) {
    if (row.key !== null) index.set(row.key, at);
    if (row.kind === 'check') longest = Math.max(longest, row.check.id.length);
    if (row.kind === 'finding') longestObject = Math.max(longestObject, cells(row.object));
  }
  const list = { rows, keys: [...index.keys()], index, start: firstBlocking(rows), longest, longestObject };
  lists.set(found.gate, { filter, list });
  return list;
}

/** The key the cursor is on: where it was left; where that row has gone, its neighbour; at first what blocks. */
export function cursorKey(list: CheckpointList, place: { cursor: string | null; at: number }): string | null {
  if (place.cursor === null) return list.start;
  if (list.index.has(place.cursor)) return place.cursor;
  return list.keys[Math.min(place.at, list.keys.length - 1)] ?? null;
}

/** The row the cursor is on. */
export function cursorRow(
  found: FoundCheckpoint,
  place: { cursor: string | null; at: number; filter: CheckpointFilter },
): CheckpointRow | null {
  const list = checkpointList(found, place.filter);
  const key = cursorKey(list, place);
  return key === null ? null : (list.rows[list.index.get(key) ?? -1] ?? null);
}
