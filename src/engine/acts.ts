import { randomBytes } from 'node:crypto';
import { type Attestation, type Checkpoint, checkpointsOf } from '../core/check.ts';
import { addDays } from '../core/duration.ts';
import type { BlobRef, NewEvent, Person } from '../core/events.ts';
import { type FactName, VOLATILE_FACTS } from '../core/facts.ts';
import type { GateCheckpoint } from '../core/gate.ts';
import type { Policy } from '../core/policy.ts';
import { blocks } from '../core/severity.ts';
import { SIGN_OFF_SECTION } from './audit-facts.ts';
import type { AttestInput, AuditView, WaiveInput } from './controller.ts';
import { storeEvidence } from './evidence-files.ts';
import { findFinding } from './find-finding.ts';
import { refused } from './refused.ts';

/*
 * What people do in an audit: each function checks whether the act is allowed now and returns the journal entry for it.
 * All throw UserError (exit 2) with cause and next step when it is refused.
 */

export interface ActContext {
  view: AuditView;
  policy: Policy;
  by: Person;
  /** ISO 8601 UTC. */
  now: string;
}

const newId = (kind: string) => `${kind}-${randomBytes(5).toString('hex')}`;

export async function attestEvent(
  { view, by, now }: ActContext,
  input: AttestInput,
  blobs: { put(bytes: Buffer): BlobRef },
): Promise<NewEvent> {
  const { gate, checkpoint } = openCheckpoint(view, input.checkpoint);
  const question = questionOf(checkpoint, gate, input);
  if (question?.kind === 'text' && input.answer.trim() === '') {
    throw refused('empty-answer', 'this question asks for an answer in words', 'write one, or leave it open for now');
  }
  if ((input.covers || question?.evidence === 'required') && input.evidence.length === 0) {
    throw refused(
      'evidence-missing',
      'this needs evidence: a file or a link that somebody else can look at',
      'attach one (--evidence FILE or link)',
    );
  }
  return {
    type: 'attest',
    data: {
      id: newId('att'),
      checkpoint: checkpoint.id,
      attestation: input.attestation,
      covers: input.covers ?? null,
      status: input.status,
      statement:
        question?.question ?? `${input.covers?.check} could not run in ${input.covers?.environment}: looked at by hand`,
      answer: input.answer.trim(),
      by,
      expiresAt: addDays(now, question?.validForDays ?? 90),
      binds: bindsOf(view, question),
      evidence: await storeEvidence(input.evidence, blobs),
    },
  };
}

export function waiveEvent({ view, policy, by, now }: ActContext, input: WaiveInput): NewEvent {
  const finding = findFinding(view.gate, input.fingerprint, input.environment);
  if (!blocks(finding.severity)) {
    throw refused(
      'nothing-to-waive',
      `a ${finding.severity} finding is only listed and holds nothing back`,
      'leave it, or fix it',
    );
  }
  const { maxWaiverDays } = policy;
  if (!Number.isInteger(input.days) || input.days < 1 || input.days > maxWaiverDays) {
    throw refused(
      'waiver-too-long',
      `a waiver lives 1 to ${maxWaiverDays} days`,
      'choose fewer days: it can be renewed',
    );
  }
  for (const [field, words] of Object.entries({
    reason: 'its reason',
    risk: 'its risk',
    compensating: 'a compensating control',
    owner: 'an owner',
  } as const)) {
    if (input[field as keyof typeof input].toString().trim() === '') {
      throw refused('waiver-incomplete', `a waiver needs ${words}`, 'fill it in: somebody will read it in ninety days');
    }
  }
  return {
    type: 'waive',
    data: {
      id: newId('wv'),
      fingerprint: finding.fingerprint,
      environment: finding.environment,
      check: finding.check,
      severity: finding.severity,
      reason: input.reason.trim(),
      risk: input.risk.trim(),
      compensating: input.compensating.trim(),
      owner: input.owner.trim(),
      by,
      expiresAt: addDays(now, input.days),
    },
  };
}

export function acknowledgeEvent(
  { view, by }: ActContext,
  input: { fingerprint: string; environment: string; note: string },
): NewEvent {
  const finding = findFinding(view.gate, input.fingerprint, input.environment);
  if (finding.severity !== 'medium') {
    throw refused(
      'not-acknowledgeable',
      `only a medium finding can be acknowledged; this one is ${finding.severity}`,
      'fix it, or waive it with a reason and an owner',
    );
  }
  const { fingerprint, environment } = finding;
  return { type: 'acknowledge', data: { id: newId('ack'), fingerprint, environment, note: input.note.trim(), by } };
}

export function approveEvent({ view, by }: ActContext, target: string): NewEvent {
  assertKnownAct(view, target);
  return { type: 'approve', data: { id: newId('ok'), target, by } };
}

export function revokeEvent({ view, by }: ActContext, target: string, reason: string): NewEvent {
  assertKnownAct(view, target);
  if (reason.trim() === '') throw refused('reason-missing', 'taking something back needs a reason', 'say why');
  return { type: 'revoke', data: { target, reason: reason.trim(), by } };
}

export function signEvent({ view, by }: ActContext, statement: string): NewEvent {
  const { gate, state } = view;
  if (gate.decision === 'blocked') {
    const before = gate.blocking.filter((checkpoint) => !checkpoint.startsWith(`${SIGN_OFF_SECTION}.`));
    const open = before.length > 0 ? before : gate.blocking;
    throw refused(
      'not-ready',
      `it cannot be signed off: ${open.join(', ')} ${open.length === 1 ? 'is' : 'are'} not satisfied`,
      gate.next ? `go on with ${gate.next.checkpoint}: ${gate.next.message}` : 'open the first of them',
    );
  }
  if (statement.trim() === '')
    throw refused('statement-missing', 'a sign-off needs a statement: what is signed, in words', 'write it');
  const snapshots = Object.values(state.snapshots).map(
    ({ environment, snapshotId }) => [environment, snapshotId] as const,
  );
  return {
    type: 'sign',
    data: {
      id: newId('sig'),
      decision: gate.decision,
      statement: statement.trim(),
      by,
      snapshots: Object.fromEntries(snapshots),
    },
  };
}

function assertKnownAct(view: AuditView, target: string): void {
  const { attestations, waivers, acknowledgements, approvals, signOffs } = view.state;
  if ([...attestations, ...waivers, ...acknowledgements, ...approvals, ...signOffs].some((act) => act.id === target))
    return;
  throw refused(
    'unknown-act',
    `nothing in this audit has the id “${target}”`,
    '`supaready status` lists attestations and waivers with their ids',
  );
}

function openCheckpoint(view: AuditView, id: string): { gate: GateCheckpoint; checkpoint: Checkpoint } {
  const checkpoint = checkpointsOf(view.checklist).find((one) => one.id === id);
  const section = view.gate.sections.find((one) => one.checkpoints.some((inner) => inner.id === id));
  const gate = section?.checkpoints.find((one) => one.id === id);
  if (!checkpoint || !section || !gate) {
    throw refused('unknown-checkpoint', `there is no checkpoint “${id}”`, '`supaready status` lists them');
  }
  if (section.state === 'locked') {
    const { opensAfter } = section;
    throw refused(
      'section-locked',
      `section ${section.id} opens when ${opensAfter.join(', ')} ${opensAfter.length === 1 ? 'is' : 'are'} satisfied; until then nothing in it can be attested`,
      `go on with ${opensAfter[0] ?? 'the first open checkpoint'}`,
    );
  }
  return { gate, checkpoint };
}

function questionOf(checkpoint: Checkpoint, gate: GateCheckpoint, input: AttestInput): Attestation | null {
  if (input.attestation !== null) {
    const question = checkpoint.attestations.find((one) => one.id === input.attestation);
    if (question) return question;
    throw refused(
      'unknown-question',
      `checkpoint ${checkpoint.id} asks no question “${input.attestation}”`,
      `it asks: ${checkpoint.attestations.map((one) => one.id).join(', ') || 'nothing'}`,
    );
  }
  const { covers } = input;
  const check = gate.checks.find((one) => one.id === covers?.check && one.environment === covers?.environment);
  if (!check) {
    throw refused(
      'unknown-check',
      `checkpoint ${checkpoint.id} has no such check in that environment`,
      'name the check and its environment',
    );
  }
  if (check.status !== 'skipped' && check.status !== 'error') {
    throw refused(
      'check-ran',
      `${check.id} is ${check.status}: a manual attestation stands in only for a check that could not run`,
      'fix or waive its findings',
    );
  }
  return null;
}

/** The digests of lasting facts that an attestation is given over, by environment. */
function bindsOf(view: AuditView, question: Attestation | null): Record<string, Record<string, string>> {
  const names = new Set<string>((question?.binds ?? []).filter((name) => !VOLATILE_FACTS.has(name as FactName)));
  if (names.size === 0) return {};
  return Object.fromEntries(
    Object.entries(view.state.snapshots).map(([environment, { facets }]) => [
      environment,
      Object.fromEntries(
        Object.entries(facets).filter((entry): entry is [string, string] => names.has(entry[0]) && entry[1] !== null),
      ),
    ]),
  );
}
