import type { Check, CheckOutcome, EnvironmentRef, Parameters } from '../core/check.ts';
import { type CollectedFact, type FactName, type Facts, LIVE_ONLY_FACTS, type Snapshot } from '../core/facts.ts';
import { type CheckResult, type Finding, fingerprintOf } from '../core/finding.ts';
import { describeObject } from '../core/object.ts';
import { compareSeverity } from '../core/severity.ts';
import { originsIn } from '../steps/lib/origins.ts';

export interface EvaluateOptions {
  snapshot: Snapshot;
  environment: EnvironmentRef;
  /** Overrides of check parameters, by check id. */
  parameters: Readonly<Record<string, Parameters>>;
  /** ISO 8601 UTC. */
  now: string;
  /** Monotonic milliseconds, for the `ms` of a result; 0 always in a replay. */
  clock?: () => number;
}

/** Finding order is stable: worst first, then object, then fingerprint (code units, never the locale). */
function sorted(findings: Iterable<Finding>): Finding[] {
  const keyed = [...findings].map((finding) => ({ finding, name: describeObject(finding.object) }));
  keyed.sort(
    (a, b) =>
      compareSeverity(a.finding.severity, b.finding.severity) ||
      (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) ||
      (a.finding.fingerprint < b.finding.fingerprint ? -1 : a.finding.fingerprint > b.finding.fingerprint ? 1 : 0),
  );
  return keyed.map(({ finding }) => finding);
}

function missing(name: FactName, fact: CollectedFact | undefined, environment: EnvironmentRef): string | null {
  if (environment.source === 'from-migrations' && LIVE_ONLY_FACTS.has(name)) {
    return 'a database replayed from migrations holds nobody’s data and no load; run it against the live database (--db-url)';
  }
  if (fact === undefined) return `the facts “${name}” were not collected`;
  return fact.status === 'ok' ? null : fact.reason;
}

/**
 * Evaluates one check over a snapshot. Pure but for the optional clock.
 * A needed fact that is missing makes it `skipped` (absent), or `error` (denied, timeout, error); hidden objects turn a
 * would-be pass into `skipped`; nothing to look at is `not-applicable`, never a vacuous pass (DESIGN.md §2).
 */
export function evaluateCheck(check: Check, options: EvaluateOptions): CheckResult {
  const { snapshot, environment, now } = options;
  const started = options.clock?.() ?? 0;
  const facts: Partial<Record<FactName, unknown>> = {};
  const facets: Record<string, string> = {};
  const hidden: string[] = [];
  const result = (
    status: CheckResult['status'],
    reason: string | null,
    lookedAt: string | null,
    findings: Finding[],
  ): CheckResult => ({
    check: check.id,
    rev: check.rev,
    environment: environment.name,
    status,
    reason,
    lookedAt,
    findings,
    evaluatedAt: now,
    snapshotId: snapshot.header.id,
    facets,
    ms: options.clock ? Math.round((options.clock() - started) * 100) / 100 : 0,
  });

  for (const name of check.needs) {
    const fact = snapshot.facts[name] as CollectedFact | undefined;
    const reason = missing(name, fact, environment);
    if (reason !== null) {
      const broken =
        fact !== undefined && (fact.status === 'error' || fact.status === 'timeout' || fact.status === 'denied');
      return result(broken ? 'error' : 'skipped', reason, null, []);
    }
    if (fact?.status === 'ok') {
      facts[name] = fact.value;
      hidden.push(...fact.hidden);
    }
    const digest = snapshot.header.facets[name]?.sha256;
    if (digest) facets[name] = digest;
  }
  for (const name of check.uses ?? []) {
    const fact = snapshot.facts[name] as CollectedFact | undefined;
    if (fact?.status !== 'ok') continue;
    facts[name] = fact.value;
    const digest = snapshot.header.facets[name]?.sha256;
    if (digest) facets[name] = digest;
  }

  let outcome: CheckOutcome;
  try {
    outcome = check.evaluate({
      facts: facts as Facts,
      parameters: { ...check.parameters, ...options.parameters[check.id] },
      environment,
      now,
    });
  } catch (error) {
    return result(
      'error',
      `the check itself failed: ${(error as Error).message.split('\n')[0]}; please report it`,
      null,
      [],
    );
  }
  if (outcome.kind === 'not-applicable') return result('not-applicable', outcome.reason, null, []);
  if (outcome.kind === 'skipped') return result('skipped', outcome.reason, null, []);

  const origins = outcome.findings.length > 0 ? originsIn(snapshot.facts) : null;
  const findings = new Map<string, Finding>();
  for (const draft of outcome.findings) {
    const fingerprint = fingerprintOf(check.id, draft.object, draft.discriminator);
    findings.set(fingerprint, {
      fingerprint,
      check: check.id,
      severity: draft.severity ?? check.severity,
      object: draft.object,
      message: draft.message,
      detail: draft.detail ?? null,
      fix: { sql: null, command: null, url: null, ...draft.fix },
      location: draft.location ?? origins?.placeOf(draft.object, draft.aspect ?? check.aspect) ?? null,
    });
  }
  const ordered = sorted(findings.values());
  const { count, text } = outcome.lookedAt;
  if (ordered.length > 0) return result('fail', null, text, ordered);
  if (hidden.length > 0)
    return result('skipped', `not everything could be seen: ${[...new Set(hidden)].join('; ')}`, text, []);
  if (count === 0) return result('not-applicable', `nothing to look at: ${text}`, text, []);
  return result('pass', null, text, []);
}
