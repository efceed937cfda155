import type { AttestationState, CheckpointState, GateCheck } from '../core/gate.ts';

/** A glyph and a word for every state: colour is never the only carrier. The same in wizard, table and report. */
export const CHECKPOINT_WORDS: Readonly<Record<CheckpointState, { glyph: string; word: string }>> = {
  satisfied: { glyph: '✔', word: 'satisfied' },
  blocked: { glyph: '✖', word: 'blocked' },
  waiting: { glyph: '?', word: 'waiting for a person' },
  stale: { glyph: '↻', word: 'stale' },
  locked: { glyph: '⊘', word: 'locked' },
};

export const CHECK_WORDS: Readonly<Record<GateCheck['status'], { glyph: string; word: string }>> = {
  pass: { glyph: '✔', word: 'pass' },
  fail: { glyph: '✖', word: 'fail' },
  skipped: { glyph: '–', word: 'skipped' },
  error: { glyph: '!', word: 'error' },
  'not-applicable': { glyph: '·', word: 'not applicable' },
  'not-run': { glyph: '○', word: 'not run' },
};

export const ATTESTATION_WORDS: Readonly<Record<AttestationState, { glyph: string; word: string }>> = {
  missing: { glyph: '?', word: 'not answered' },
  given: { glyph: '✔', word: 'answered' },
  failed: { glyph: '✖', word: 'answered no' },
  stale: { glyph: '↻', word: 'stale' },
  'awaiting-approval': { glyph: '…', word: 'waits for a second person' },
};
