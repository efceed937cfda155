import { type Check, checkpointsOf, type EnvironmentRef } from '../../src/core/check.ts';
import { FACT_SOURCES, type FactName } from '../../src/core/facts.ts';
import type { CheckResult } from '../../src/core/finding.ts';
import { collectSnapshot, factsOf } from '../../src/engine/collect.ts';
import { evaluateCheck } from '../../src/engine/evaluate.ts';
import { loadChecks } from '../../src/steps/checklist.ts';
import { NOTHING_DECLARED } from '../helpers/declared.ts';

const ENVIRONMENT: EnvironmentRef = { name: 'parity', kind: 'production', source: 'live', target: null };
const FROM_DATABASE = new Set<string>([...FACT_SOURCES.catalogue, ...FACT_SOURCES.data, 'declared', 'replay']);

/** Checks that a database alone is enough for. */
export const CHECKS: readonly Check[] = checkpointsOf(await loadChecks())
  .flatMap((checkpoint) => checkpoint.checks)
  .filter((check) => check.needs.every((name) => FROM_DATABASE.has(name)));

/** What those checks say of a database, by check. */
export async function audit(url: string): Promise<ReadonlyMap<string, CheckResult>> {
  const names = new Set<FactName>([...factsOf(CHECKS)].filter((name) => FROM_DATABASE.has(name)));
  const snapshot = await collectSnapshot({
    target: { environment: ENVIRONMENT, databaseUrl: url, embedded: true, projectRef: null, shadow: null },
    repository: null,
    migrations: null,
    declared: NOTHING_DECLARED,
    names,
    previous: null,
    now: () => new Date().toISOString(),
    clock: () => performance.now(),
  });
  const options = { snapshot, environment: ENVIRONMENT, parameters: {}, now: snapshot.header.takenAt };
  return new Map(CHECKS.map((check) => [check.id, evaluateCheck(check, options)]));
}
