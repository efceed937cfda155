import type { Finding } from './finding.ts';
import type { CheckStatus } from './severity.ts';

/** State of a checkpoint (DESIGN.md §3). `locked`: an earlier section is not satisfied yet. */
export type CheckpointState = 'satisfied' | 'blocked' | 'waiting' | 'stale' | 'locked';
export type FindingState = 'open' | 'waived' | 'acknowledged';
export type AttestationState = 'missing' | 'given' | 'failed' | 'stale' | 'awaiting-approval';

/** One thing that stands between a checkpoint and `satisfied`, with the next step in words. */
export interface Blocker {
  kind:
    | 'finding'
    | 'check-not-run'
    | 'check-stale'
    | 'check-skipped'
    | 'check-error'
    | 'attestation-missing'
    | 'attestation-failed'
    | 'attestation-stale'
    | 'approval-missing'
    | 'locked';
  checkpoint: string;
  environment: string | null;
  check: string | null;
  fingerprint: string | null;
  attestation: string | null;
  /** Id of the act that a second person has to approve; only with `approval-missing`. */
  awaits?: string;
  message: string;
  next: string;
}

export interface GateFinding extends Finding {
  environment: string;
  state: FindingState;
  /** Id of the waiver or acknowledgement in force. */
  coveredBy: string | null;
}

export interface GateCheck {
  id: string;
  environment: string;
  /** `not-run` until it has a result. */
  status: CheckStatus | 'not-run';
  reason: string | null;
  lookedAt: string | null;
  findings: readonly GateFinding[];
  /** Why the result no longer counts, or null when it is fresh. */
  stale: string | null;
  /** Id of the manual attestation that stands in for a skipped or failed-to-run check. */
  attestedBy: string | null;
  /** True when nothing of this check holds the checkpoint back. */
  satisfied: boolean;
  ms: number;
  evaluatedAt: string | null;
}

export interface GateAttestation {
  id: string;
  question: string;
  required: boolean;
  state: AttestationState;
  /** Why it is stale, or null. */
  reason: string | null;
  /** Id of the attestation that stands, if any. */
  givenBy: string | null;
}

export interface GateCheckpoint {
  id: string;
  section: number;
  title: string;
  /** What it would be if its section were open: shown beside `locked`. */
  ownState: Exclude<CheckpointState, 'locked'>;
  state: CheckpointState;
  checks: readonly GateCheck[];
  attestations: readonly GateAttestation[];
  blockers: readonly Blocker[];
}

export interface GateSection {
  id: number;
  name: string;
  title: string;
  /** open: may be worked on. */
  state: 'satisfied' | 'open' | 'locked';
  checkpoints: readonly GateCheckpoint[];
  /** What opens it when locked: the checkpoints of earlier sections that are not satisfied. */
  opensAfter: readonly string[];
}

export type Decision = 'ready' | 'ready-with-waivers' | 'blocked';

/** The gate's whole verdict: a pure function of state, checklist, policy and now (src/engine/gate.ts). */
export interface Gate {
  sections: readonly GateSection[];
  decision: Decision;
  /** Ids of checkpoints that are not satisfied, in order. */
  blocking: readonly string[];
  /** The single next thing to do, or null when everything is satisfied. */
  next: Blocker | null;
  signed: { by: string; at: string; decision: Decision } | null;
}

/** Every checkpoint, in the order of the checklist. */
export function gateCheckpoints(gate: Gate): GateCheckpoint[] {
  return gate.sections.flatMap((section) => section.checkpoints);
}

/** Every check in every environment, in the order of the checklist. */
export function gateChecks(gate: Gate): GateCheck[] {
  return gateCheckpoints(gate).flatMap((checkpoint) => checkpoint.checks);
}

/** Every finding in every environment, in the order of the checklist. */
export function findingsOf(gate: Gate): GateFinding[] {
  return gateChecks(gate).flatMap((check) => check.findings);
}
