import type { Checkpoint, CheckText, EnvironmentRef } from '../core/check.ts';
import { parseDuration } from '../core/duration.ts';
import type { CheckResult } from '../core/finding.ts';
import type { Blocker, GateCheck, GateFinding } from '../core/gate.ts';
import { describeObject } from '../core/object.ts';
import type { Policy } from '../core/policy.ts';
import { blocks } from '../core/severity.ts';
import type { AuditState } from '../core/state.ts';
import { type Acts, ATTESTATION_DAYS, changedFacet, type FindingCover, lapsed } from './gate-acts.ts';

export interface GateContext {
  state: AuditState;
  policy: Policy;
  acts: Acts;
  /** ms since 1970. */
  now: number;
}

export interface Judged<T> {
  gate: T;
  blockers: Blocker[];
  /** Number of the latest act that this verdict leans on; 0 when it leans on none. */
  leansOn: number;
}

/** A blocker with the parts that do not apply left null. */
export function blocker(
  kind: Blocker['kind'],
  checkpoint: string,
  words: { message: string; next: string },
  parts: Partial<Pick<Blocker, 'environment' | 'check' | 'fingerprint' | 'attestation' | 'awaits'>> = {},
): Blocker {
  return { kind, checkpoint, environment: null, check: null, fingerprint: null, attestation: null, ...parts, ...words };
}

/** Why a result no longer counts (DESIGN.md §3, staleness), or null. */
function staleReason(check: CheckText, result: CheckResult, { state, policy, now }: GateContext): string | null {
  const snapshot = state.snapshots[result.environment];
  const evaluated = Date.parse(result.evaluatedAt);
  const taken =
    snapshot?.snapshotId === result.snapshotId ? Math.min(evaluated, Date.parse(snapshot.takenAt)) : evaluated;
  const maxAge = parseDuration(policy.maxAge);
  if (maxAge === null || !(now - taken <= maxAge)) return `its result is older than ${policy.maxAge}`;
  if (result.rev < check.rev) return `the rule has been revised since (revision ${result.rev}, now ${check.rev})`;
  const changed = changedFacet(result.facets, state, result.environment);
  return changed === null ? null : `${changed} since it ran`;
}

function acceptance(finding: GateFinding): string {
  return finding.severity === 'medium'
    ? 'Fix it and run the check again, acknowledge it, or waive it with a reason, an owner and an end.'
    : 'Fix it and run the check again, or waive it with a reason, an owner and an end.';
}

function findingBlocker(checkpoint: string, finding: GateFinding, cover: FindingCover): Blocker {
  const parts = { environment: finding.environment, check: finding.check, fingerprint: finding.fingerprint };
  if (cover.awaiting !== null) {
    const message = `The waiver for ${describeObject(finding.object)} in ${finding.environment} needs a second person's approval: ${finding.message}`;
    return blocker(
      'approval-missing',
      checkpoint,
      { message, next: `Have somebody else approve ${cover.awaiting}, or fix it and run the check again.` },
      { ...parts, awaits: cover.awaiting },
    );
  }
  const ended = cover.expiredAt === null ? '' : ` (its waiver ran out on ${cover.expiredAt.slice(0, 10)})`;
  return blocker('finding', checkpoint, { message: `${finding.message}${ended}`, next: acceptance(finding) }, parts);
}

/** Judges one check in one environment: what it found, whether that still counts, and what holds the checkpoint back. */
export function judgeCheck(
  checkpoint: Checkpoint,
  check: CheckText,
  environment: EnvironmentRef,
  context: GateContext,
): Judged<GateCheck> {
  const { state, acts, now } = context;
  const result = state.results[environment.name]?.[check.id];
  const parts = { environment: environment.name, check: check.id };
  const where = `“${check.title}” (${check.id})`;
  if (!result) {
    const gate: GateCheck = {
      id: check.id,
      environment: environment.name,
      status: 'not-run',
      reason: null,
      lookedAt: null,
      findings: [],
      stale: null,
      attestedBy: null,
      satisfied: false,
      ms: 0,
      evaluatedAt: null,
    };
    const words = {
      message: `${where} has not run in ${environment.name} yet.`,
      next: `Run the checks of ${checkpoint.id}.`,
    };
    return { gate, blockers: [blocker('check-not-run', checkpoint.id, words, parts)], leansOn: 0 };
  }

  const covers = result.findings.map((finding) => acts.finding(finding, environment.name, environment.kind));
  const findings = result.findings.map((finding, index): GateFinding => {
    const cover = covers[index];
    return {
      ...finding,
      environment: environment.name,
      state: cover?.state ?? 'open',
      coveredBy: cover?.coveredBy ?? null,
    };
  });
  const stale = staleReason(check, result, context);
  const blockers: Blocker[] = [];
  let attestedBy: string | null = null;
  let leansOn = Math.max(0, ...covers.map(({ since }) => since));

  if (stale !== null) {
    blockers.push(
      blocker(
        'check-stale',
        checkpoint.id,
        {
          message: `${where} must run again in ${environment.name}: ${stale}.`,
          next: `Run the checks of ${checkpoint.id} again.`,
        },
        parts,
      ),
    );
  }
  // A failure that names no finding is a broken result, and no better than an error.
  const broken = result.status === 'fail' && findings.length === 0;
  if (result.status === 'skipped' || result.status === 'error' || broken) {
    const act = acts.cover(checkpoint.id, check.id, environment.name);
    const good = act?.status === 'passed' && act.evidence.length > 0 ? act : null;
    const reason = good ? lapsed(good, ATTESTATION_DAYS, state, now) : null;
    if (good && reason === null) {
      attestedBy = good.id;
      leansOn = Math.max(leansOn, good.seq);
    } else if (stale === null) {
      const what = result.status === 'skipped' ? 'was skipped' : 'could not run';
      const ended = reason === null ? '' : ` The manual attestation in its place no longer holds: ${reason}.`;
      blockers.push(
        blocker(
          result.status === 'skipped' ? 'check-skipped' : 'check-error',
          checkpoint.id,
          {
            message: `${where} ${what} in ${environment.name}: ${result.reason ?? 'it does not say why'}.${ended}`,
            next: 'Make it run, or look at it by hand and attest what you saw, with evidence attached.',
          },
          parts,
        ),
      );
    }
  } else if (stale === null) {
    for (const [index, finding] of findings.entries()) {
      const cover = covers[index];
      if (cover && finding.state === 'open' && blocks(finding.severity))
        blockers.push(findingBlocker(checkpoint.id, finding, cover));
    }
  }
  const gate: GateCheck = {
    id: check.id,
    environment: environment.name,
    status: result.status,
    reason: result.reason,
    lookedAt: result.lookedAt,
    findings,
    stale,
    attestedBy,
    satisfied: blockers.length === 0,
    ms: result.ms,
    evaluatedAt: result.evaluatedAt,
  };
  return { gate, blockers, leansOn };
}
