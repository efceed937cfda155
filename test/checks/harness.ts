import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startApiServer } from '../../src/commands/demo/api-server.ts';
import type { Check, Section } from '../../src/core/check.ts';
import type { Declared } from '../../src/core/facts/audit.ts';
import type { Collected } from '../../src/core/facts.ts';
import type { CheckResult } from '../../src/core/finding.ts';
import { describeObject } from '../../src/core/object.ts';
import { snapshotOf } from '../../src/core/snapshot.ts';
import { loadSqlParser, parseScript } from '../../src/core/sql.ts';
import { collectSnapshot, factsOf } from '../../src/engine/collect.ts';
import { evaluateCheck } from '../../src/engine/evaluate.ts';
import { freshDatabase, isolatedDatabase } from '../helpers/database.ts';
import { NOTHING_DECLARED } from '../helpers/declared.ts';
import { API_PASSWORD, type CheckFixture, type Files } from './fixture.ts';

const FIXTURE_DECLARED: Declared = { ...NOTHING_DECLARED, project: 'fixture' };
const NOW = '2026-11-24T12:00:00.000Z';
const PRODUCTION = { name: 'production', kind: 'production', source: 'live', target: 'localhost/fixture' } as const;

function writeFiles(root: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    if (content === null) {
      rmSync(join(root, path));
      continue;
    }
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  execFileSync('git', ['add', '-A'], { cwd: root });
}

/** Runs the four phases of every fixture of one section (see CheckFixture), and asserts that each check has one. */
export function testSection(section: Section<Check>, fixtures: Readonly<Record<string, CheckFixture>>): void {
  const byCheck = new Map(Object.values(fixtures).map((fixture) => [fixture.check, fixture]));
  const checks = section.checkpoints.flatMap((checkpoint) => checkpoint.checks);
  beforeAll(loadSqlParser);

  test('every check has a fixture, and every fixture a check', () => {
    expect([...byCheck.keys()].sort()).toEqual(checks.map((check) => check.id).sort());
  });

  describe.each(checks.filter((check) => byCheck.has(check.id)).map((check) => [check.id, check] as const))(
    '%s',
    (_id, check) => {
      const fixture = byCheck.get(check.id);
      if (!fixture) return;
      const root = mkdtempSync(join(tmpdir(), 'supaready-fixture-'));
      afterAll(() => rmSync(root, { recursive: true, force: true }));

      test('silent, found, mended, silent again', async () => {
        // Section 7 judges the audit itself: its facts come from the fixture alone.
        const open = section.id === 7 ? null : await (fixture.ownServer ? isolatedDatabase() : freshDatabase());
        onTestFinished(async () => open?.drop());
        const sql = async (text: string | undefined) => {
          if (text && open) await open.sql(text);
        };
        if (fixture.repo) {
          execFileSync('git', ['init', '-q'], { cwd: root });
          writeFiles(root, fixture.repo.silent);
        }
        await sql(fixture.silent);
        const silent = await judge(check, fixture, open?.url ?? null, fixture.repo ? root : null, 'silent');
        expect(shown(silent)).toEqual([]);
        expect({ status: silent.status, reason: silent.status === 'pass' ? null : silent.reason }).toMatchObject({
          status: fixture.silentStatus ?? 'pass',
        });

        if (fixture.repo?.defect) writeFiles(root, fixture.repo.defect);
        await sql(fixture.defect);
        const found = await judge(check, fixture, open?.url ?? null, fixture.repo ? root : null, 'defect');
        expect(shown(found)).toEqual([...fixture.expect].map(({ object, severity }) => `${severity} ${object}`).sort());
        const places = found.findings.map(
          ({ object, location }) => `${describeObject(object)} ${location?.file}:${location?.line}`,
        );
        for (const { object, at } of fixture.expect) if (at) expect(places).toContain(`${object} ${at}`);
        for (const { object, sql } of fixture.expect)
          if (sql)
            expect(
              found.findings.filter((row) => describeObject(row.object) === object).map((row) => row.fix.sql),
            ).toContainEqual(expect.stringContaining(sql));
        expect(found.status).toBe('fail');

        if (fixture.repo?.fixed) writeFiles(root, fixture.repo.fixed);
        if (fixture.repair !== undefined) await sql(fixture.repair);
        else {
          if (fixture.decided !== undefined) await sql(fixture.decided);
          // One by one, as a person would: CONCURRENTLY does not run in a transaction with others.
          for (const statement of ownFix(found, fixture.decided !== undefined)) await sql(statement);
        }
        const mended = await judge(check, fixture, open?.url ?? null, fixture.repo ? root : null, 'fixed');
        expect(shown(mended)).toEqual([]);
        expect(mended.status).not.toBe('error');
        // With a repository a shadow database may be replayed in each phase.
      }, 180_000);
    },
  );
}

function asAdmin(url: string): string {
  const address = new URL(url);
  address.username = 'supabase_admin';
  return address.href;
}

function shown(result: CheckResult): string[] {
  return result.findings.map((finding) => `${finding.severity} ${describeObject(finding.object)}`).sort();
}

function ownFix(result: CheckResult, decided: boolean): string[] {
  const missing = result.findings.find((finding) => finding.fix.sql === null);
  if (missing && !decided) {
    throw new Error(`finding on ${describeObject(missing.object)} has no fix.sql and the fixture no repair`);
  }
  return result.findings.flatMap((finding) => {
    const { statements, error } = parseScript(finding.fix.sql ?? '');
    if (error) throw new Error(`the check's own fix does not parse: ${error.message}\n${finding.fix.sql}`);
    return statements.map((statement) => statement.text);
  });
}

async function judge(
  check: Check,
  fixture: CheckFixture,
  url: string | null,
  repository: string | null,
  phase: 'silent' | 'defect' | 'fixed',
): Promise<CheckResult> {
  const declared = { ...FIXTURE_DECLARED, ...fixture.declared };
  const environment = { ...PRODUCTION, kind: fixture.kind ?? PRODUCTION.kind };
  const overlay = Object.fromEntries(
    Object.entries({
      ...fixture.overlay?.silent,
      ...(phase === 'silent' ? {} : fixture.overlay?.defect),
      ...(phase === 'fixed' ? fixture.overlay?.fixed : {}),
    }).map(([name, value]) => [name, { status: 'ok', value, hidden: [], ms: 0 }]),
  ) as Collected;
  // Anew in each phase: it reads the schema when it starts.
  const api = fixture.api && url !== null ? await startApiServer({ databaseUrl: asAdmin(url) }) : null;
  const testUsers = (fixture.api?.users ?? []).map((email) => ({ email, password: API_PASSWORD }));
  const collected =
    url === null
      ? snapshotOf({ environment: 'production', source: 'live', takenAt: NOW, durationMs: 0, facts: {} })
      : await collectSnapshot({
          target: {
            environment,
            databaseUrl: url,
            embedded: false,
            projectRef: null,
            api: api && (async () => ({ ...api, testUsers })),
            shadow: null,
          },
          repository,
          migrations: null,
          declared,
          names: factsOf([check]),
          previous: null,
          now: () => NOW,
          clock: () => performance.now(),
        });
  await api?.stop();
  const facts = {
    ...collected.facts,
    declared: { status: 'ok', value: declared, hidden: [], ms: 0 },
    ...overlay,
  } as Collected;
  const snapshot = snapshotOf({ environment: 'production', source: 'live', takenAt: NOW, durationMs: 0, facts });
  return evaluateCheck(check, {
    snapshot,
    environment,
    parameters: fixture.parameters ? { [check.id]: fixture.parameters } : {},
    now: NOW,
  });
}
