import type { GateAttestation, GateCheck, GateCheckpoint, GateFinding, GateSection } from '../../core/gate.ts';
import { blocks, type Severity } from '../../core/severity.ts';
import {
  CHECK_WORDS,
  CHECKPOINT_WORDS,
  checkpointSaid,
  checkSaid,
  findingSaid,
  questionSaid,
  type Said,
  sectionSaid,
} from '../../report/words.ts';
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

const STATE_TONES: Readonly<Record<GateCheckpoint['ownState'], Tone>> = {
  satisfied: 'ok',
  waiting: 'warn',
  stale: 'warn',
  blocked: 'bad',
};

function marked({ glyph, word }: Said, tone: Tone): Mark {
  return { glyph, tone, words: word };
}

/** What stands between a checkpoint and `satisfied`, in a few words. */
export function checkpointMark(checkpoint: GateCheckpoint): Mark {
  if (checkpoint.state === 'locked') {
    const { glyph, word } = CHECKPOINT_WORDS.locked;
    return { glyph, tone: 'muted', words: `${word}${ahead(checkpoint)}` };
  }
  const said = checkpointSaid(checkpoint);
  return marked(said, said.glyph === CHECK_WORDS['not-run'].glyph ? 'muted' : STATE_TONES[checkpoint.ownState]);
}

function ahead(checkpoint: GateCheckpoint): string {
  return once(foundAhead, checkpoint, wordsAhead);
}

function wordsAhead(checkpoint: GateCheckpoint): string {
  if (checkpoint.checks.every((check) => check.status === 'not-run')) return '';
  const open = checkpoint.checks.flatMap((check) => check.findings).filter(holdsBack).length;
  return open === 0 ? ', run ahead' : `, ${open} to settle`;
}

/** True while a finding blocks its checkpoint. */
export function holdsBack(finding: GateFinding): boolean {
  return finding.state === 'open' && blocks(finding.severity);
}

const SECTION_TONES: Readonly<Record<GateSection['state'], Tone>> = {
  satisfied: 'ok',
  open: 'accent',
  locked: 'muted',
};

export function sectionMark(section: GateSection): Mark {
  return marked(sectionSaid(section), SECTION_TONES[section.state]);
}

/** What a check found or why it did not: the words after its id. */
export function checkMark(check: GateCheck): Mark {
  return once(checkMarks, check, (one) => marked(checkSaid(one), toneOfCheck(one)));
}

function toneOfCheck(check: GateCheck): Tone {
  if (check.attestedBy !== null) return 'attested';
  if (check.stale !== null) return 'warn';
  switch (check.status) {
    case 'pass':
      return 'ok';
    case 'fail':
      return check.satisfied && check.findings.some((one) => one.state !== 'open')
        ? 'attested'
        : worstTone(check.findings);
    case 'not-run':
    case 'not-applicable':
      return 'muted';
    case 'error':
      return 'bad';
    case 'skipped':
      return 'warn';
  }
}

function worstTone(findings: readonly GateFinding[]): Tone {
  const open = findings.filter(holdsBack);
  if (open.length === 0) return 'muted';
  return open.some((one) => one.severity !== 'medium') ? 'bad' : 'warn';
}

const SEVERITY_TONES: Readonly<Record<Severity, Tone>> = {
  blocker: 'bad',
  high: 'bad',
  medium: 'warn',
  low: 'muted',
  info: 'muted',
};

export function findingMark(finding: GateFinding): Mark {
  return marked(findingSaid(finding), finding.state === 'open' ? SEVERITY_TONES[finding.severity] : 'attested');
}

const QUESTION_TONES: Readonly<Record<GateAttestation['state'], Tone>> = {
  missing: 'warn',
  given: 'ok',
  failed: 'bad',
  stale: 'warn',
  'awaiting-approval': 'warn',
};

export function questionMark(question: GateAttestation): Mark {
  const optional = question.state === 'missing' && !question.required;
  return marked(questionSaid(question), optional ? 'muted' : QUESTION_TONES[question.state]);
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
