import type { Attestation, Checkpoint } from '../core/check.ts';
import type { AttestationState, Blocker, GateAttestation } from '../core/gate.ts';
import { ATTESTATION_DAYS, lapsed } from './gate-acts.ts';
import { blocker, type GateContext, type Judged } from './gate-checks.ts';

const WORDS: Record<
  Exclude<AttestationState, 'given'>,
  { kind: Blocker['kind']; lead: string; next: (id: string | null) => string }
> = {
  missing: { kind: 'attestation-missing', lead: 'A person must answer', next: () => 'Answer it.' },
  failed: {
    kind: 'attestation-failed',
    lead: 'It was answered that this does not hold',
    next: () => 'Put it right, then answer again.',
  },
  stale: {
    kind: 'attestation-stale',
    lead: 'The answer must be given again',
    next: () => 'Look again and answer it anew.',
  },
  'awaiting-approval': {
    kind: 'approval-missing',
    lead: 'The answer needs a second person',
    next: (id) => `Have somebody else approve ${id ?? 'it'}.`,
  },
};

function verdict(
  checkpoint: Checkpoint,
  attestation: Attestation,
  context: GateContext,
): { state: AttestationState; reason: string | null; id: string | null; seq: number } {
  const { acts, state, policy, now } = context;
  const act = acts.answer(checkpoint.id, attestation.id);
  if (!act) return { state: 'missing', reason: null, id: null, seq: 0 };
  const is = (found: AttestationState, reason: string | null, seq = 0) => ({ state: found, reason, id: act.id, seq });
  if (act.status === 'failed') return is('failed', act.answer === '' ? null : act.answer);
  if (act.answer.trim() === '' && (attestation.kind === 'text' || act.status === 'na'))
    return is('missing', 'the answer given is empty');
  if (act.status === 'passed' && attestation.evidence === 'required' && act.evidence.length === 0) {
    return is('missing', 'the answer given has no evidence attached');
  }
  const reason = lapsed(act, attestation.validForDays ?? ATTESTATION_DAYS, state, now);
  if (reason !== null) return is('stale', reason);
  if (!policy.fourEyes || !attestation.fourEyes) return is('given', null, act.seq);
  const approved = acts.approvedBy(act.id, act.by);
  return approved === null ? is('awaiting-approval', null) : is('given', null, Math.max(act.seq, approved));
}

/**
 * Judges one question of a checkpoint. A question that is not required holds nothing back, unless it was answered that it
 * does not hold: a known no is never green.
 */
export function judgeAttestation(
  checkpoint: Checkpoint,
  attestation: Attestation,
  context: GateContext,
): Judged<GateAttestation> {
  const { state, reason, id, seq } = verdict(checkpoint, attestation, context);
  const gate: GateAttestation = {
    id: attestation.id,
    question: attestation.question,
    required: attestation.required,
    state,
    reason,
    givenBy: id,
  };
  if (state === 'given' || (!attestation.required && state !== 'failed'))
    return { gate, blockers: [], leansOn: attestation.required ? seq : 0 };
  const words = WORDS[state];
  const because = reason === null ? '' : ` (${reason})`;
  const message = `${words.lead}: ${attestation.question}${because}`;
  return {
    gate,
    blockers: [
      blocker(
        words.kind,
        checkpoint.id,
        { message, next: words.next(id) },
        { attestation: attestation.id, ...(state === 'awaiting-approval' && id !== null ? { awaits: id } : {}) },
      ),
    ],
    leansOn: 0,
  };
}
