import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyFixSql } from '../../src/commands/demo/apply-fix.ts';
import { plantedDefects } from '../../src/commands/demo/manifest.ts';
import { type Demo, prepareDemo } from '../../src/commands/demo/prepare.ts';
import { writeDown } from '../../src/commands/demo/write-down.ts';
import { resolveProject } from '../../src/commands/targets.ts';
import { checkpointsOf } from '../../src/core/check.ts';
import type { CheckResult, Finding } from '../../src/core/finding.ts';
import { describeObject } from '../../src/core/object.ts';
import { blocks } from '../../src/core/severity.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { collectSnapshot, factsOf } from '../../src/engine/collect.ts';
import { evaluateCheck } from '../../src/engine/evaluate.ts';
import { loadChecks } from '../../src/steps/checklist.ts';
import { readableByServer } from './folders.ts';

// Section 7 judges the audit itself, not Harbor.
const checklist = await loadChecks();
const checks = checkpointsOf({ ...checklist, sections: checklist.sections.filter(({ id }) => id < 7) }).flatMap(
  (checkpoint) => checkpoint.checks,
);
const environment = { name: 'production', kind: 'production', source: 'live', target: 'harbor' } as const;

/** Checks that cannot run on Harbor, by id, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'plpgsql-check': 'runs only where this machine has a PostgreSQL with the extension; it then finds nothing of its own',
};

/** Findings whose SQL alone cannot end them, and why. */
const NOT_MENDED_BY_SQL: Readonly<Record<string, string>> = {
  'fk-defects':
    'cannot be validated while parcels of no carrier are there; somebody must decide about them (fk-orphans)',
  'fk-missing-implied':
    'cannot be declared while parcels of no order are there; somebody must decide about them (fk-orphans)',
};

const root = readableByServer(mkdtempSync(join(tmpdir(), 'supaready-harbor-audit-')));
beforeAll(loadSqlParser);
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function audit(demo: Demo): Promise<CheckResult[]> {
  const now = new Date().toISOString();
  const project = resolveProject({ repo: demo.repository });
  const snapshot = await collectSnapshot({
    target: { environment, databaseUrl: demo.url, embedded: true, projectRef: null, api: demo.api, shadow: null },
    repository: demo.repository,
    migrations: null,
    declared: project.declared,
    names: factsOf(checks),
    previous: null,
    now: () => now,
    clock: () => performance.now(),
  });
  return checks.map((check) => evaluateCheck(check, { snapshot, environment, parameters: project.parameters, now }));
}

function line(finding: Finding): string {
  return `${finding.severity} ${finding.check} ${describeObject(finding.object)}`;
}

/** Every finding as a line, once. */
function lines(results: readonly CheckResult[], keep: (finding: Finding) => boolean): string[] {
  return [...new Set(results.flatMap(({ findings }) => findings.filter(keep).map(line)))].sort();
}

/** What a fix takes away altogether, others cannot mend any more. */
const takesAway = ({ check, message }: Finding) =>
  check === 'schema-drift' && message.includes('the migrations do not make it');

function notRun(results: readonly CheckResult[]): string[] {
  return results
    .filter(({ status, check }) => (status === 'skipped' || status === 'error') && NOT_RUN[check] === undefined)
    .map(({ status, check, reason }) => `${status} ${check}: ${reason}`);
}

describe('Harbor as it should be', () => {
  let results: CheckResult[];
  beforeAll(async () => {
    const demo = await prepareDemo({ directory: join(root, 'fixed'), fixed: true, fresh: true });
    results = await audit(demo);
    await demo.stop();
  }, 240_000);

  test('nothing is found at medium or above', () => {
    expect(lines(results, ({ severity }) => blocks(severity))).toEqual([]);
  });

  test('every check ran', () => {
    expect(notRun(results)).toEqual([]);
  });
});

describe('Harbor with its defects', () => {
  let demo: Demo;
  let results: CheckResult[];
  beforeAll(async () => {
    demo = await prepareDemo({ directory: join(root, 'defects'), fixed: false, fresh: true });
    results = await audit(demo);
  }, 240_000);
  afterAll(() => demo?.stop());

  const known = new Set(checks.map(({ id }) => id));
  const planted = plantedDefects().map(({ severity, check, object }) => `${severity} ${check} ${object}`);

  test('the manifest names checks that exist', () => {
    expect(plantedDefects().filter(({ check }) => !known.has(check))).toEqual([]);
  });

  test('every planted defect is found, on its object and with its severity', () => {
    const found = new Set(lines(results, () => true));
    expect(planted.filter((defect) => !found.has(defect))).toEqual([]);
  });

  test('nothing else is found at medium or above', () => {
    const expected = new Set(planted);
    expect(lines(results, (finding) => blocks(finding.severity) && !expected.has(line(finding)))).toEqual([]);
  });

  test('every check ran', () => {
    expect(notRun(results)).toEqual([]);
  });

  test('each shown fix can be applied, and ends its finding', async () => {
    const refused = new Set<string>();
    let left = results.flatMap(({ findings }) => findings);
    expect(left.filter(({ fix }) => fix.sql !== null).length).toBeGreaterThan(30);
    // One fix can bring up another: a policy dropped leaves a grant that nothing needs.
    for (let round = 1; round <= 3 && left.some(({ fix }) => fix.sql !== null); round++) {
      for (const finding of [...left.filter((one) => !takesAway(one)), ...left.filter(takesAway)]) {
        if (finding.fix.sql === null || NOT_MENDED_BY_SQL[finding.check] !== undefined) continue;
        try {
          await applyFixSql(demo.url, finding.fix.sql);
          await writeDown(demo.url, demo.repository, finding);
        } catch (error) {
          refused.add(`${line(finding)}: ${(error as Error).message}`);
        }
      }
      left = (await audit(demo)).flatMap(({ findings }) => findings);
    }
    expect([...refused]).toEqual([]);
    expect(
      left.filter(({ fix, check }) => fix.sql !== null && NOT_MENDED_BY_SQL[check] === undefined).map(line),
    ).toEqual([]);
  }, 600_000);
});
