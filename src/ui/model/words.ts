import type { GateAttestation, GateCheck, GateCheckpoint, GateFinding, GateSection } from '../../core/gate.ts';
import { blocks, type Severity } from '../../core/severity.ts';
import { counted } from '../../core/text.ts';
import { ATTESTATION_WORDS, CHECK_WORDS, CHECKPOINT_WORDS } from '../../report/words.ts';
import type { Tone } from '../theme.ts';

/** A glyph, the tone it is drawn in, and the words that say the same without colour. */
export interface Mark {
  glyph: string;
  tone: Tone;
  words: string;
}

// A check can have ten thousand findings, and a mark is drawn with every key: counted once for each result.
const checkMarks = new WeakMap<GateCheck, Mark>();
const foundAhead = new WeakMap<GateCheckpoint, string>();

function once<K extends object, V>(known: WeakMap<K, V>, key: K, make: (key: K) => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make(key);
  known.set(key, made);
  return made;
}

/** What stands between a checkpoint and `satisfied`, in a few words. */
export function checkpointMark(checkpoint: GateCheckpoint): Mark {
  if (checkpoint.state === 'satisfied') return { glyph: '✔', tone: 'ok', words: 'satisfied' };
  if (checkpoint.state === 'locked') {
    return { glyph: CHECKPOINT_WORDS.locked.glyph, tone: 'muted', words: `locked${ahead(checkpoint)}` };
  }
  return ownMark(checkpoint);
}

/** The state a checkpoint has by itself, whether its section is open or not. */
function ownMark(checkpoint: GateCheckpoint): Mark {
  const own = checkpoint.blockers.filter((one) => one.kind !== 'locked');
  if (own.length > 0 && own.every((one) => one.kind === 'check-not-run' || one.kind === 'attestation-missing')) {
    const run = own.some((one) => one.kind === 'check-not-run');
    if (run) return { glyph: '○', tone: 'muted', words: 'not run yet' };
  }
  switch (checkpoint.ownState) {
    case 'satisfied':
      return { glyph: '✔', tone: 'ok', words: 'satisfied' };
    case 'waiting': {
      const questions = own.filter((one) => one.kind.startsWith('attestation')).length;
      const words = questions > 0 ? `${counted(questions, 'question')} to answer` : 'waits for a person';
      return { glyph: '?', tone: 'warn', words };
    }
    case 'stale':
      return { glyph: '↻', tone: 'warn', words: 'stale, run again' };
    default:
      return { glyph: '✖', tone: 'bad', words: `blocked by ${own.length.toLocaleString('en-US')}` };
  }
}

function ahead(checkpoint: GateCheckpoint): string {
  return once(foundAhead, checkpoint, wordsAhead);
}

function wordsAhead(checkpoint: GateCheckpoint): string {
  if (checkpoint.checks.every((check) => check.status === 'not-run')) return '';
  const open = checkpoint.checks.flatMap((check) => check.findings).filter(holdsBack).length;
  return open === 0 ? ', run ahead' : `, ${counted(open, 'finding')}`;
}

/** True while a finding blocks its checkpoint. */
export function holdsBack(finding: GateFinding): boolean {
  return finding.state === 'open' && blocks(finding.severity);
}

export function sectionMark(section: GateSection): Mark {
  const done = section.checkpoints.filter((one) => one.state === 'satisfied').length;
  if (section.state === 'satisfied') return { glyph: '✔', tone: 'ok', words: 'satisfied' };
  if (section.state === 'open') {
    return { glyph: '▸', tone: 'accent', words: `open, ${done} of ${section.checkpoints.length} ✔` };
  }
  return { glyph: '⊘', tone: 'muted', words: 'locked' };
}

/** What a check found or why it did not: the words after its id. */
export function checkMark(check: GateCheck): Mark {
  return once(checkMarks, check, markOfCheck);
}

function markOfCheck(check: GateCheck): Mark {
  if (check.attestedBy !== null) {
    return { glyph: '✎', tone: 'attested', words: `looked at by hand, attested; ${check.reason ?? 'could not run'}` };
  }
  const { glyph, word } = CHECK_WORDS[check.status];
  if (check.stale !== null) return { glyph: '↻', tone: 'warn', words: `stale: ${check.stale}` };
  switch (check.status) {
    case 'pass':
      return { glyph, tone: 'ok', words: `${check.lookedAt ?? 'everything'} looked at` };
    case 'fail':
      return {
        glyph: check.satisfied ? '~' : glyph,
        tone: check.satisfied ? 'attested' : worstTone(check.findings),
        words: countsOf(check.findings) + (check.lookedAt === null ? '' : ` in ${check.lookedAt}`),
      };
    case 'not-run':
      return { glyph, tone: 'muted', words: word };
    case 'not-applicable':
      return { glyph, tone: 'muted', words: `does not apply: ${check.reason ?? ''}` };
    default:
      return { glyph, tone: check.status === 'error' ? 'bad' : 'warn', words: `${word}: ${check.reason ?? ''}` };
  }
}

function worstTone(findings: readonly GateFinding[]): Tone {
  const open = findings.filter(holdsBack);
  if (open.length === 0) return 'muted';
  return open.some((one) => one.severity !== 'medium') ? 'bad' : 'warn';
}

/** `2 blocker, 1 medium, 3 waived` */
function countsOf(findings: readonly GateFinding[]): string {
  const counts = new Map<string, number>();
  for (const finding of findings) {
    const name = finding.state === 'open' ? finding.severity : finding.state;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const order: readonly string[] = ['blocker', 'high', 'medium', 'low', 'info', 'waived', 'acknowledged'];
  return order
    .filter((name) => counts.has(name))
    .map((name) => `${(counts.get(name) ?? 0).toLocaleString('en-US')} ${name}`)
    .join(', ');
}

const SEVERITY_TONES: Readonly<Record<Severity, Tone>> = {
  blocker: 'bad',
  high: 'bad',
  medium: 'warn',
  low: 'muted',
  info: 'muted',
};

export function findingMark(finding: GateFinding): Mark {
  if (finding.state !== 'open') return { glyph: '~', tone: 'attested', words: finding.state };
  const glyph = blocks(finding.severity) ? '✖' : '·';
  return { glyph, tone: SEVERITY_TONES[finding.severity], words: finding.severity };
}

export function questionMark(question: GateAttestation): Mark {
  const { glyph, word } = ATTESTATION_WORDS[question.state];
  const tones = { missing: 'warn', given: 'ok', failed: 'bad', stale: 'warn', 'awaiting-approval': 'warn' } as const;
  const words = question.state === 'missing' && !question.required ? 'optional' : word;
  const tone = question.state === 'missing' && !question.required ? 'muted' : tones[question.state];
  return { glyph, tone, words };
}

/** Local time of day of an ISO time, `14:02:11`. */
export function timeOfDay(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Local date and minute of an ISO time. */
export function dayAndTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
