import type { Decision, GateCheckpoint } from '../core/gate.ts';

/** Texts of the wizard that more than one place says. */
export const COPY = {
  saved: (resume: string) => `saved, resume with ${resume}`,
  cancelled: 'cancelled; the earlier results stand',
  tooSmall: (columns: number, rows: number) => `${columns}×${rows} is too small: supaready needs 40×12 (q quits)`,
  satisfied: (checkpoint: GateCheckpoint) => `${checkpoint.id} is satisfied`,
  nextCheckpoint: (id: string) => `Next: ${id} (Tab)`,
  headless: [
    'supaready check --format json   the same audit without a person',
    'supaready status                where the audit stands and what blocks',
    'supaready attest CHECKPOINT     answer a question',
    'supaready waive FINGERPRINT     accept a finding for a time',
    'supaready bundle                write the hand-off',
  ],
  statement: (project: string, decision: Decision) =>
    decision === 'ready'
      ? `I have read the matrix; ${project} is ready for its users' data.`
      : `I have read the matrix and every waiver; ${project} is ready for its users' data with the waivers in force.`,
} as const;
