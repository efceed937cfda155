import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Check, type Checklist, defineCheck, evaluated } from '../../src/core/check.ts';
import type { Person } from '../../src/core/events.ts';
import { objectRef } from '../../src/core/object.ts';
import { DEFAULT_POLICY } from '../../src/core/policy.ts';
import { AuditSession } from '../../src/engine/session.ts';
import { createAudit, openAudit } from '../../src/state/store.ts';
import { freshDatabase } from '../helpers/database.ts';
import { NOTHING_DECLARED } from '../helpers/declared.ts';

const ADA: Person = { name: 'Ada', email: 'ada@harbor.shop', role: null };

/** Tables without a primary key, and without row level security: two rules over the same facts, enough to see the engine work. */
const keyed = defineCheck({
  id: 'keyed',
  rev: 1,
  title: 'k',
  why: 'w',
  severity: 'high',
  source: 's',
  remedy: 'r',
  matrix: 'Schema',
  needs: ['relations', 'constraints'],
  evaluate: ({ facts }) => {
    const tables = facts.relations.filter((one) => !one.platform && one.kind === 'table');
    const bare = tables.filter(
      (table) =>
        !facts.constraints.some((one) => one.type === 'p' && one.schema === table.schema && one.table === table.name),
    );
    return evaluated(
      tables.length,
      'table',
      bare.map(({ schema, name }) => ({
        object: objectRef('table', schema, name),
        message: 'no key',
        fix: { sql: `alter table ${schema}.${name} add primary key (id)` },
      })),
    );
  },
});
const guarded = defineCheck({
  id: 'guarded',
  rev: 1,
  title: 'g',
  why: 'w',
  severity: 'medium',
  source: 's',
  remedy: 'r',
  matrix: 'RLS',
  needs: ['relations'],
  evaluate: ({ facts }) => {
    const tables = facts.relations.filter((one) => !one.platform && one.kind === 'table');
    return evaluated(
      tables.length,
      'table',
      tables
        .filter((one) => !one.rls)
        .map(({ schema, name }) => ({ object: objectRef('table', schema, name), message: 'open' })),
    );
  },
});
const checkpoint = (id: string, checks: (typeof keyed)[], questions: string[] = []) => ({
  id,
  title: id,
  intent: 'i',
  source: 's',
  checks,
  attestations: questions.map((question) => ({
    id: question,
    question: `${question}?`,
    kind: 'text' as const,
    required: true,
    evidence: 'none' as const,
  })),
});
const checklist: Checklist<Check> = {
  version: 'test',
  sections: [
    { id: 1, name: 'One', title: 'One', checkpoints: [checkpoint('1.1', [keyed])] },
    { id: 2, name: 'Two', title: 'Two', checkpoints: [checkpoint('2.1', [guarded], ['owner'])] },
  ],
};

async function session(sql: string) {
  const database = await freshDatabase();
  await database.sql(sql);
  const root = mkdtempSync(join(tmpdir(), 'supaready-session-'));
  const environment = { name: 'production', kind: 'production', source: 'live', target: 'test' } as const;
  const store = createAudit(root, {
    project: 'test',
    checklist: { version: 'test', sha256: '0'.repeat(64) },
    environments: [environment],
    repository: null,
  });
  const options = {
    checklist,
    loadChecks: async () => checklist,
    policy: DEFAULT_POLICY,
    repository: null,
    migrations: null,
    parameters: {},
    targets: [
      { environment, databaseUrl: database.url, embedded: true, projectRef: 'abcdefghijklmnopqrst', shadow: null },
    ],
    declared: NOTHING_DECLARED,
    writeBundle: async () => ({ path: '', sha256: '' }),
    applyFix: async (target: { databaseUrl: string }, finding: { fix: { sql: string | null } }) => {
      const client = new pg.Client({ connectionString: target.databaseUrl });
      await client.connect();
      await client.query(finding.fix.sql ?? '');
      await client.end();
      return 1;
    },
  };
  const opened = new AuditSession({ store, ...options });
  onTestFinished(async () => {
    await opened.close();
    await database.drop();
    rmSync(root, { recursive: true, force: true });
  });
  return { session: opened, database, store, options };
}

const stateOf = (one: AuditSession, id: string) =>
  one
    .view()
    .gate.sections.flatMap((section) => section.checkpoints)
    .find((inner) => inner.id === id);

describe('an audit', () => {
  test('stops at what is not met, opens the next section once it is mended, and takes answers only where it is open', async () => {
    const { session: audit } = await session(
      'create table public.notes (id int); alter table public.notes enable row level security',
    );
    await audit.run({ selectors: [] });
    expect(stateOf(audit, '1.1')?.state).toBe('blocked');
    expect(stateOf(audit, '2.1')?.state).toBe('locked');
    const answer = { checkpoint: '2.1', attestation: 'owner', status: 'passed', answer: 'Ada', evidence: [] } as const;
    await expect(audit.attest(answer, ADA)).rejects.toMatchObject({ code: 'section-locked' });
    const finding = stateOf(audit, '1.1')?.checks[0]?.findings[0];
    await audit.applyFix(finding?.fingerprint ?? '', 'production');
    const summary = await audit.run({ selectors: ['1.1'] });
    expect(summary.fixed).toEqual([finding?.fingerprint]);
    expect(stateOf(audit, '1.1')?.state).toBe('satisfied');
    expect(stateOf(audit, '2.1')?.state).toBe('waiting');
    await expect(audit.attest({ ...answer, answer: ' ' }, ADA)).rejects.toMatchObject({ code: 'empty-answer' });
    await audit.attest(answer, ADA);
    expect(audit.view().gate.decision).toBe('ready');
    expect(audit.view().matrix).toMatchObject([{ table: 'notes', Schema: '✔', RLS: '✔', Indexes: '–' }]);
  });

  test('a run over one checkpoint leaves no other stale: overtaken results are judged again over the new facts', async () => {
    const { session: audit, database } = await session(
      'create table public.notes (id int primary key); alter table public.notes enable row level security',
    );
    await audit.run({ selectors: [] });
    expect(stateOf(audit, '2.1')?.checks[0]?.status).toBe('pass');
    await database.sql('create table public.more (id int primary key)');
    await audit.run({ selectors: ['1.1'] });
    expect(stateOf(audit, '2.1')?.checks[0]).toMatchObject({ status: 'fail', stale: null });
  });

  test('a cancelled run leaves the earlier results standing', async () => {
    const { session: audit, store } = await session('create table public.notes (id int)');
    await audit.run({ selectors: [] });
    const before = store.state.results;
    const controller = new AbortController();
    const run = audit.run({ selectors: [], signal: controller.signal, onProgress: () => controller.abort() });
    await expect(run).rejects.toMatchObject({ exitCode: 130 });
    expect(store.state.results).toEqual(before);
    await audit.run({ selectors: [] });
  });

  test('a database that goes away keeps the results and says so', async () => {
    const { session: audit, database, store } = await session('create table public.notes (id int)');
    await audit.run({ selectors: [] });
    const before = store.state.results;
    await database.drop();
    await expect(audit.run({ selectors: [] })).rejects.toMatchObject({ exitCode: 3 });
    expect(store.state.results).toEqual(before);
  });

  test('what was recorded is there after reopening, and a reader changes nothing', async () => {
    const { session: audit, store, options } = await session('create table public.notes (id int)');
    await audit.run({ selectors: [] });
    const finding = stateOf(audit, '1.1')?.checks[0]?.findings[0];
    await audit.waive(
      {
        fingerprint: finding?.fingerprint ?? '',
        environment: 'production',
        reason: 'r',
        risk: 'k',
        compensating: 'c',
        owner: 'Ada',
        days: 30,
      },
      ADA,
    );
    const reader = new AuditSession({ store: openAudit(store.directory, { mode: 'read' }), ...options });
    expect(reader.view().gate).toEqual(audit.view().gate);
    await expect(reader.run({ selectors: [] })).rejects.toMatchObject({ code: 'read-only' });
    await expect(reader.revoke('x', 'y', ADA)).rejects.toMatchObject({ code: 'read-only' });
    await reader.close();
    expect(audit.studioUrl(finding?.fingerprint ?? '', 'production')).toContain('abcdefghijklmnopqrst');
  });
});
