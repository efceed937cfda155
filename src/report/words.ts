import type {
  AttestationState,
  CheckpointState,
  GateAttestation,
  GateCheck,
  GateCheckpoint,
  GateFinding,
  GateSection,
} from '../core/gate.ts';
import { blocks } from '../core/severity.ts';
import { counted, grouped } from '../core/text.ts';

/** A glyph, and words that say the same without it. */
export interface Said {
  glyph: string;
  word: string;
}

/** A glyph and a word for every state: colour is never the only carrier. The same in wizard, table and report. */
export const CHECKPOINT_WORDS: Readonly<Record<CheckpointState, Said>> = {
  satisfied: { glyph: '✔', word: 'satisfied' },
  blocked: { glyph: '✖', word: 'blocked' },
  waiting: { glyph: '?', word: 'waiting' },
  stale: { glyph: '↻', word: 'stale' },
  locked: { glyph: '⊘', word: 'locked' },
};

export const CHECK_WORDS: Readonly<Record<GateCheck['status'], Said>> = {
  pass: { glyph: '✔', word: 'pass' },
  fail: { glyph: '✖', word: 'fail' },
  skipped: { glyph: '–', word: 'skipped' },
  error: { glyph: '!', word: 'error' },
  'not-applicable': { glyph: '·', word: 'not applicable' },
  'not-run': { glyph: '○', word: 'not run' },
};

export const ATTESTATION_WORDS: Readonly<Record<AttestationState, Said>> = {
  missing: { glyph: '?', word: 'not answered' },
  given: { glyph: '✔', word: 'answered' },
  failed: { glyph: '✖', word: 'answered no' },
  stale: { glyph: '↻', word: 'stale' },
  'awaiting-approval': { glyph: '…', word: 'waits for a second person' },
};

const SECTION_GLYPHS: Readonly<Record<GateSection['state'], string>> = { satisfied: '✔', open: '▸', locked: '⊘' };

/** Accepted for a time or taken note of: neither open nor gone. */
const COVERED = '~';
/** A person stands in for a check that could not run. */
const BY_HAND = '✎';
const STALE = '↻';
/** A finding that holds nothing back. */
const NOTE = '·';
const COUNTED: readonly string[] = ['blocker', 'high', 'medium', 'low', 'info', 'waived', 'acknowledged'];

/** What a section says of itself. */
export function sectionSaid(section: GateSection): Said {
  const glyph = SECTION_GLYPHS[section.state];
  if (section.state !== 'open') return { glyph, word: section.state };
  const done = section.checkpoints.filter((one) => one.state === 'satisfied').length;
  return { glyph, word: `open, ${done} of ${section.checkpoints.length} ${CHECKPOINT_WORDS.satisfied.glyph}` };
}

/** The state a checkpoint has by itself, whether its section is open or not, and what stands in its way. */
export function checkpointSaid(checkpoint: GateCheckpoint): Said {
  const own = checkpoint.blockers.filter((one) => one.kind !== 'locked');
  const { glyph, word } = CHECKPOINT_WORDS[checkpoint.ownState];
  switch (checkpoint.ownState) {
    case 'satisfied':
      return { glyph, word };
    case 'stale':
      return { glyph, word: `${word}, run again` };
    case 'waiting': {
      const questions = own.filter((one) => one.kind.startsWith('attestation')).length;
      return { glyph, word: questions > 0 ? `${word} for ${counted(questions, 'answer')}` : `${word} for a person` };
    }
    case 'blocked': {
      const fresh = own.every((one) => one.kind === 'check-not-run' || one.kind === 'attestation-missing');
      if (fresh) return { glyph: CHECK_WORDS['not-run'].glyph, word: 'not run yet' };
      return { glyph, word: `${word} by ${grouped(own.length)}` };
    }
  }
}

/** What a check found, over what, or why it did not look: the words after its id. */
export function checkSaid(check: GateCheck): Said {
  const { glyph, word } = ownResult(check);
  const own = check.attestedBy === null ? { glyph, word } : { glyph: BY_HAND, word: `attested by hand, ${word}` };
  // Stale comes first: it holds the checkpoint back, whoever stood in.
  return check.stale === null ? own : { glyph: STALE, word: `stale (${own.word} before): ${check.stale}` };
}

/** The status in a word or two, never a pass where the result is stale or a person stood in; `note` says what it rests on. */
export function statusSaid(check: GateCheck): Said & { note: string } {
  const { glyph, word } = CHECK_WORDS[check.status];
  const seen = check.lookedAt ?? check.reason ?? '';
  if (check.stale !== null) return { glyph: STALE, word: `stale (${word} before)`, note: check.stale };
  if (check.attestedBy === null) return { glyph, word, note: seen };
  return {
    glyph: BY_HAND,
    word: `attested by hand (${word})`,
    note: `${check.attestedBy} stands in: ${check.reason ?? seen}`,
  };
}

function ownResult(check: GateCheck): Said {
  const { glyph, word } = CHECK_WORDS[check.status];
  switch (check.status) {
    case 'pass':
      return { glyph, word: `${check.lookedAt ?? 'everything'} looked at` };
    case 'fail':
      return {
        glyph: check.satisfied && check.findings.some((one) => one.state !== 'open') ? COVERED : glyph,
        word: countsOf(check.findings) + (check.lookedAt === null ? '' : ` in ${check.lookedAt}`),
      };
    case 'not-run':
      return { glyph, word };
    default:
      return { glyph, word: `${word}: ${check.reason ?? 'could not run'}` };
  }
}

/** `2 blocker, 1 medium, 3 waived` */
function countsOf(findings: readonly GateFinding[]): string {
  const counts = new Map<string, number>();
  for (const finding of findings) {
    const name = finding.state === 'open' ? finding.severity : finding.state;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return COUNTED.filter((name) => counts.has(name))
    .map((name) => `${grouped(counts.get(name) ?? 0)} ${name}`)
    .join(', ');
}

/** How bad a finding is. That it is covered stands beside it (`state`). */
export function findingSaid(finding: GateFinding): Said {
  const glyph = finding.state !== 'open' ? COVERED : blocks(finding.severity) ? CHECK_WORDS.fail.glyph : NOTE;
  return { glyph, word: finding.severity };
}

/** Whether a question is answered; one that may stay unanswered says so. */
export function questionSaid(question: GateAttestation): Said {
  const said = ATTESTATION_WORDS[question.state];
  return question.state === 'missing' && !question.required ? { ...said, word: 'optional' } : said;
}
