// Child of catalogue.ts: one catalogue audit of one database (collect, then every check over the catalogue), as JSON on stdout.
import { checkpointsOf } from '../../src/core/check.ts';
import { FACT_SOURCES, type FactName } from '../../src/core/facts.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import '../../src/facts/postgres/collect.ts';
import { collectSnapshot, factsOf } from '../../src/engine/collect.ts';
import { evaluateCheck } from '../../src/engine/evaluate.ts';
import { loadChecks } from '../../src/steps/checklist.ts';
import { NOTHING_DECLARED } from '../../test/helpers/declared.ts';

const [url] = process.argv.slice(2);
if (url === undefined) throw new Error('usage: audit-once URL');
const catalogue = new Set<string>([...FACT_SOURCES.catalogue, 'declared', 'replay']);
const checks = checkpointsOf(await loadChecks())
  .flatMap((checkpoint) => checkpoint.checks)
  .filter((check) => check.needs.every((name) => catalogue.has(name)));
const environment = { name: 'bench', kind: 'production', source: 'live', target: null } as const;

await loadSqlParser();
const started = performance.now();
const names = new Set<FactName>([...factsOf(checks)].filter((name) => catalogue.has(name)));
const snapshot = await collectSnapshot({
  target: { environment, databaseUrl: url, embedded: true, projectRef: null, shadow: null },
  repository: null,
  migrations: null,
  declared: NOTHING_DECLARED,
  names,
  previous: null,
  now: () => new Date().toISOString(),
  clock: () => performance.now(),
});
const collected = performance.now();
const slowest: [string, number][] = [];
let findings = 0;
for (const check of checks) {
  const result = evaluateCheck(check, {
    snapshot,
    environment,
    parameters: {},
    now: snapshot.header.takenAt,
    clock: () => performance.now(),
  });
  findings += result.findings.length;
  slowest.push([check.id, result.ms]);
}
const ended = performance.now();
slowest.sort((a, b) => b[1] - a[1]);
process.stdout.write(
  JSON.stringify({
    checks: checks.length,
    findings,
    collectMs: collected - started,
    evaluateMs: ended - collected,
    totalMs: ended - started,
    cpuMs: (process.cpuUsage().user + process.cpuUsage().system) / 1000,
    maxRssMiB: process.resourceUsage().maxRSS / 1024,
    slowest: slowest.slice(0, 5),
    facets: Object.entries(snapshot.header.facets)
      .sort((a, b) => b[1].ms - a[1].ms)
      .slice(0, 5)
      .map(([name, facet]) => [name, facet.ms]),
  }),
);
