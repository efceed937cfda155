import type { Checklist, Checkpoint, EnvironmentRef } from '../core/check.ts';
import type { Blocker, CheckpointState, Decision, Gate, GateCheckpoint, GateSection } from '../core/gate.ts';
import type { Policy } from '../core/policy.ts';
import { stableDigest } from '../core/snapshot.ts';
import type { AuditState } from '../core/state.ts';
import { indexActs } from './gate-acts.ts';
import { judgeAttestation } from './gate-attestations.ts';
import { blocker, type GateContext, judgeCheck } from './gate-checks.ts';

/** The section that only signs off what the others have found. */
const SIGN_OFF = 7;

/** What stands between a checkpoint and `satisfied`, in the order in which it is best dealt with. */
const ORDER: readonly Blocker['kind'][] = [
  'locked',
  'check-not-run',
  'check-stale',
  'check-error',
  'finding',
  'check-skipped',
  'attestation-failed',
  'attestation-stale',
  'attestation-missing',
  'approval-missing',
];
const BLOCKED: ReadonlySet<Blocker['kind']> = new Set<Blocker['kind']>([
  'finding',
  'check-not-run',
  'check-skipped',
  'check-error',
  'attestation-failed',
]);
const STALE: ReadonlySet<Blocker['kind']> = new Set<Blocker['kind']>(['check-stale', 'attestation-stale']);

/** blocked > stale > waiting > satisfied. */
function stateOf(blockers: readonly Blocker[]): Exclude<CheckpointState, 'locked'> {
  if (blockers.some(({ kind }) => BLOCKED.has(kind))) return 'blocked';
  if (blockers.some(({ kind }) => STALE.has(kind))) return 'stale';
  return blockers.length > 0 ? 'waiting' : 'satisfied';
}

/** The environments of the audit that a checkpoint applies to. */
export function environmentsOf(
  checkpoint: Checkpoint,
  environments: readonly EnvironmentRef[],
): readonly EnvironmentRef[] {
  const { environments: kinds } = checkpoint;
  return kinds ? environments.filter(({ kind }) => kinds.includes(kind)) : environments;
}

interface JudgedCheckpoint {
  gate: GateCheckpoint;
  leansOn: number;
}

function judgeCheckpoint(
  checkpoint: Checkpoint,
  section: number,
  opensAfter: readonly string[],
  context: GateContext,
): JudgedCheckpoint {
  const environments = environmentsOf(checkpoint, context.state.environments);
  const checks = checkpoint.checks.flatMap((check) =>
    environments.map((environment) => judgeCheck(checkpoint, check, environment, context)),
  );
  const attestations = checkpoint.attestations.map((attestation) => judgeAttestation(checkpoint, attestation, context));
  const judged = [...checks, ...attestations];
  const own = judged.flatMap(({ blockers }) => blockers);
  const ownState = stateOf(own);
  const locked = opensAfter.length > 0;
  const blockers = locked ? [lockedBlocker(checkpoint.id, section, opensAfter), ...own] : own;
  return {
    gate: {
      id: checkpoint.id,
      section,
      title: checkpoint.title,
      ownState,
      state: locked ? 'locked' : ownState,
      checks: checks.map(({ gate }) => gate),
      attestations: attestations.map(({ gate }) => gate),
      // Stable: within one kind the order of the checklist, and of findings the worst first, stays.
      blockers: [...blockers].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)),
    },
    leansOn: Math.max(0, ...judged.map(({ leansOn }) => leansOn)),
  };
}

function lockedBlocker(checkpoint: string, section: number, opensAfter: readonly string[]): Blocker {
  const [first] = opensAfter;
  const what = `${opensAfter.join(', ')} ${opensAfter.length === 1 ? 'is' : 'are'} satisfied`;
  return blocker('locked', checkpoint, {
    message: `Section ${section} opens when ${what}.`,
    next: `Go on with ${first}.`,
  });
}

function decide(sections: readonly GateSection[]): Decision {
  const judged = sections.filter(({ id }) => id !== SIGN_OFF).flatMap(({ checkpoints }) => checkpoints);
  const signOff = sections.filter(({ id }) => id === SIGN_OFF).flatMap(({ checkpoints }) => checkpoints);
  if (judged.length === 0 || judged.some(({ state }) => state !== 'satisfied')) return 'blocked';
  // What section 7 asks of people is part of signing; what its checks found is not to be signed away.
  if (signOff.some(({ ownState }) => ownState === 'blocked' || ownState === 'stale')) return 'blocked';
  const waived = [...judged, ...signOff].some(({ checks }) =>
    checks.some(({ findings }) => findings.some(({ state }) => state === 'waived')),
  );
  return waived ? 'ready-with-waivers' : 'ready';
}

type SignOff = AuditState['signOffs'][number];

/** The latest sign-off that still speaks of what is there now: same lasting facts, same decision, nothing accepted since. */
function standingSignOff({ state }: GateContext, decision: Decision, leansOn: number): SignOff | null {
  if (decision === 'blocked') return null;
  const stands = (signOff: SignOff): boolean =>
    signOff.decision === decision &&
    signOff.seq > leansOn &&
    state.environments.every(({ name }) => {
      const snapshot = state.snapshots[name];
      return snapshot ? signOff.facts[name] === stableDigest(snapshot.facets) : true;
    });
  return state.signOffs.filter(stands).at(-1) ?? null;
}

/**
 * The gate (DESIGN.md §3). Pure: state, checklist, policy and the time decide, nothing else. `now` is ISO 8601 UTC.
 * Never satisfied by a check that was skipped, failed to run, has not run, or whose result no longer counts.
 */
export function evaluateGate(state: AuditState, checklist: Checklist, policy: Policy, now: string): Gate {
  const time = Date.parse(now);
  const context: GateContext = { state, policy, acts: indexActs(state, policy, time), now: time };
  const sections: GateSection[] = [];
  const unsatisfied: string[] = [];
  let leansOn = 0;
  for (const { id, name, title, checkpoints } of checklist.sections) {
    const opensAfter = [...unsatisfied];
    const judged = checkpoints.map((checkpoint) => judgeCheckpoint(checkpoint, id, opensAfter, context));
    if (id !== SIGN_OFF) leansOn = Math.max(leansOn, ...judged.map((one) => one.leansOn));
    const gates = judged.map(({ gate }) => gate);
    unsatisfied.push(...gates.filter((gate) => gate.state !== 'satisfied').map((gate) => gate.id));
    const satisfied = gates.every((gate) => gate.state === 'satisfied');
    sections.push({
      id,
      name,
      title,
      state: opensAfter.length > 0 ? 'locked' : satisfied ? 'satisfied' : 'open',
      checkpoints: gates,
      opensAfter,
    });
  }
  const decision = decide(sections);
  const signOff = standingSignOff(context, decision, leansOn);
  const approved = signOff !== null && (!policy.fourEyes || context.acts.approvedBy(signOff.id, signOff.by) !== null);
  const all = sections.flatMap(({ checkpoints }) => checkpoints);
  const first = all.find(({ state: own }) => own !== 'satisfied')?.blockers[0] ?? null;
  return {
    sections,
    decision,
    blocking: unsatisfied,
    next: first ?? (signOff !== null && !approved ? unapproved(signOff, all) : null),
    signed: approved ? { by: signOff.by.name, at: signOff.at, decision: signOff.decision } : null,
  };
}

function unapproved(signOff: SignOff, checkpoints: readonly GateCheckpoint[]): Blocker {
  return blocker(
    'approval-missing',
    checkpoints.at(-1)?.id ?? String(SIGN_OFF),
    {
      message: `The sign-off by ${signOff.by.name} needs a second person's approval.`,
      next: `Have somebody else approve ${signOff.id}.`,
    },
    { awaits: signOff.id },
  );
}
