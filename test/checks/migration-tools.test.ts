import { beforeAll, describe, expect, test } from 'vitest';
import type { Check } from '../../src/core/check.ts';
import type { Collected, Facts } from '../../src/core/facts.ts';
import { describeObject } from '../../src/core/object.ts';
import { snapshotOf } from '../../src/core/snapshot.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { evaluateCheck } from '../../src/engine/evaluate.ts';
import { migrationHistory } from '../../src/steps/2-schema/2.3-history/migration-history.ts';
import { migrationOrder } from '../../src/steps/3-data/3.3-migrations/migration-order.ts';

type Migrations = Facts['repoMigrations'];
type File = Migrations['files'][number];
type Applied = Facts['migrationHistory'][number];

beforeAll(loadSqlParser);

function file(fileName: string, more: Partial<File> = {}): File {
  return {
    path: `db/${fileName}`,
    fileName,
    version: /^\d+/.exec(fileName)?.[0] ?? null,
    name: fileName,
    when: null,
    sha256: `sha-${fileName}`,
    statementsSha256: null,
    tokensSha256: null,
    otherNewlinesSha256: `crlf-${fileName}`,
    statements: 1,
    error: null,
    down: null,
    wayBackNoted: false,
    ...more,
  };
}

function row(tool: Applied['tool'], version: string, more: Partial<Applied> = {}): Applied {
  return {
    tool,
    version,
    name: null,
    digest: null,
    tokensDigest: null,
    when: null,
    complete: true,
    rolledBack: false,
    upTo: false,
    ...more,
  };
}

/** Findings of a check over a repository of `tool` and a history, as `severity object: message`. */
function judged(check: Check, tool: NonNullable<Migrations['tool']>, files: File[], history: Applied[]): string[] {
  const repoMigrations: Migrations = {
    tool,
    directory: 'db',
    files,
    skipped: [],
    missing: [],
    others: [],
    declared: null,
    fixtures: [],
    destructive: [],
    seeds: [],
    origins: [],
  };
  const ok = (value: unknown) => ({ status: 'ok', value, hidden: [], ms: 0 });
  const facts = { repoMigrations: ok(repoMigrations), migrationHistory: ok(history) } as unknown as Collected;
  const now = '2026-11-24T12:00:00.000Z';
  const environment = { name: 'production', kind: 'production', source: 'live', target: 'x' } as const;
  const snapshot = snapshotOf({ environment: 'production', source: 'live', takenAt: now, durationMs: 0, facts });
  return evaluateCheck(check, { snapshot, environment, parameters: {}, now })
    .findings.map(({ severity, object, message }) => `${severity} ${describeObject(object)}: ${message}`)
    .sort();
}

describe('Prisma', () => {
  const files = ['1_init', '2_more'].map((name) => file(name, { version: name }));

  test('failed, rolled back and applied again are told apart', () => {
    const failed = row('prisma', '2_more', { digest: 'sha-2_more', complete: false });
    const back = { ...failed, rolledBack: true };
    const first = row('prisma', '1_init', { digest: 'sha-1_init' });
    expect(judged(migrationHistory, 'prisma', files, [first, failed])).toEqual([
      expect.stringMatching(/^blocker migration 2_more: .*started but never finished/),
    ]);
    expect(judged(migrationHistory, 'prisma', files, [first, back])).toEqual([
      expect.stringMatching(/^blocker migration 2_more: .*was not applied/),
    ]);
    expect(judged(migrationHistory, 'prisma', files, [first, back, { ...failed, complete: true }])).toEqual([]);
  });

  test('other line ends are no other content', () => {
    const history = [row('prisma', '1_init', { digest: 'crlf-1_init' }), row('prisma', '2_more', { digest: 'other' })];
    expect(judged(migrationHistory, 'prisma', files, history)).toEqual([
      expect.stringMatching(/^high migration 2_more: .*edited after it was applied/),
      expect.stringMatching(/^low migration 1_init: .*only in its line ends/),
    ]);
  });

  test('a pending folder before the last applied one runs out of order', () => {
    expect(judged(migrationOrder, 'prisma', files, [row('prisma', '2_more')])).toEqual([
      expect.stringMatching(/^high file db\/1_init: .*runs it last/),
    ]);
  });
});

describe('Drizzle', () => {
  const files = [
    file('0000_a.sql', { when: 100 }),
    file('0001_b.sql', { when: 300 }),
    file('0002_c.sql', { when: 200 }),
  ];
  const applied = files
    .slice(0, 2)
    .map((item) => row('drizzle', item.sha256, { digest: item.sha256, when: item.when }));

  test('what its time hides from the migrator is never run', () => {
    expect(judged(migrationOrder, 'drizzle', files, applied)).toEqual([
      expect.stringMatching(/^high file db\/0002_c\.sql: .*never runs it/),
    ]);
    expect(judged(migrationOrder, 'drizzle', files, [])).toEqual([
      expect.stringMatching(/^medium file db\/0002_c\.sql: .*earlier time/),
    ]);
  });

  test('another hash under the same time is an edit, the same hash under another time the same file', () => {
    const [first, second] = applied;
    if (!first || !second) throw new Error('two rows');
    const edited = { ...first, version: 'old', digest: 'old' };
    expect(judged(migrationHistory, 'drizzle', files.slice(0, 2), [edited, { ...second, when: 5 }])).toEqual([
      expect.stringMatching(/^high migration 0000_a\.sql: .*edited/),
    ]);
    expect(judged(migrationHistory, 'drizzle', files.slice(0, 1), applied)).toEqual([
      expect.stringMatching(/^blocker migration sha-0001_b\.sql: .*does not hold/),
    ]);
  });
});

describe('plain folders', () => {
  const files = ['001_a.sql', '002_b.sql', '010_c.sql'].map((name) => file(name));

  test('versions are numbers; golang-migrate keeps the last one only', () => {
    expect(judged(migrationHistory, 'sql', files, [row('sql', '1'), row('sql', '2'), row('sql', '10')])).toEqual([]);
    expect(judged(migrationHistory, 'sql', files, [row('sql', '2', { upTo: true })])).toEqual([
      expect.stringMatching(/^blocker migration 010_c\.sql: .*was not applied/),
    ]);
    expect(judged(migrationOrder, 'sql', files, [row('sql', '1'), row('sql', '10')])).toEqual([
      expect.stringMatching(/^high file db\/002_b\.sql: .*pending but older/),
    ]);
  });

  test('a dirty version is half-way', () => {
    expect(judged(migrationHistory, 'sql', files, [row('sql', '10', { upTo: true, complete: false })])).toEqual([
      expect.stringMatching(/^blocker migration 10: .*never finished/),
    ]);
  });
});
