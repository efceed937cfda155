import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Facts } from '../../src/core/facts.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import type { ShadowContext } from '../../src/facts/shadow/collect.ts';
import { checkFunctions } from '../../src/facts/shadow/function-checks.ts';
import { checkWithExtension } from '../../src/facts/shadow/plpgsql-check.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';
import { debianPostgres15 } from '../helpers/database.ts';
import { contextOn } from '../helpers/shadow-context.ts';
import { BROKEN, TABLES } from './functions-broken.ts';
import { CLEAN } from './functions-clean.ts';

function shown(checks: Pick<Facts['functionChecks'], 'issues'>): string[] {
  return checks.issues.map(({ name, sqlstate, message }) => `${name} ${sqlstate} ${message}`);
}

describe.each(['17', '15'])('functions of a database of PostgreSQL %s', (major) => {
  let server: PostgresServer | null = null;
  let broken: ShadowContext;
  let clean: ShadowContext;
  beforeAll(async () => {
    await loadSqlParser();
    server =
      major === '15'
        ? await debianPostgres15()
        : await startServer({ directory: mkdtempSync(join(tmpdir(), 'supaready-functions-')), ephemeral: true });
    if (!server) return;
    const extensions = 'create extension if not exists pg_cron; create extension if not exists pg_net;';
    broken = await contextOn(server, 'broken', `${extensions}${TABLES}${BROKEN.map(({ sql }) => sql).join('\n')}`);
    clean = await contextOn(server, 'clean', `${extensions}${TABLES}${Object.values(CLEAN).join('\n')}`);
  });
  afterAll(async () => server?.stop());

  test('every broken function is found, for what is broken in it', async ({ skip }) => {
    if (!server) skip();
    const checks = await checkFunctions(broken);
    const found = new Map(checks.issues.map(({ name, sqlstate }) => [name, sqlstate]));
    expect(BROKEN.length).toBeGreaterThanOrEqual(40);
    expect(BROKEN.map(({ name }) => `${name} ${found.get(name)}`)).toEqual(
      BROKEN.map(({ name, sqlstate }) => `${name} ${sqlstate}`),
    );
    expect(checks.issues.filter(({ name }) => !BROKEN.some((one) => one.name === name))).toEqual([]);
  });

  test('nothing is said of functions in order', async ({ skip }) => {
    if (!server) skip();
    const checks = await checkFunctions(clean);
    expect(Object.keys(CLEAN).length).toBeGreaterThanOrEqual(40);
    expect(shown(checks)).toEqual([]);
    expect(checks.unjudged.map(({ name }) => name)).toEqual([
      'dynamic_table',
      'many_tables',
      'shims',
      'sql_makes',
      'temp_as',
      'temp_of_another',
      'temp_table',
    ]);
  });

  // The embedded server has no such extension: there is nothing to skip.
  if (major === '15') {
    test('plpgsql_check, where it is', async ({ skip }) => {
      const client = server && new pg.Client({ connectionString: server.url('clean', 'supabase_admin') });
      if (!client) return skip();
      await client.connect();
      const { rowCount } = await client.query(
        `select from pg_available_extensions where name = 'plpgsql_check' and default_version <> 'shim'`,
      );
      await client.end();
      if (!rowCount) return skip();
      const silent = await checkWithExtension(clean);
      if ('unavailable' in silent) throw new Error(silent.unavailable);
      expect(shown({ issues: silent.issues.filter(({ level }) => level !== 'warning') as never })).toEqual([]);
      const report = await checkWithExtension(broken);
      if ('unavailable' in report) throw new Error(report.unavailable);
      const found = new Set(report.issues.filter(({ level }) => level === 'error').map(({ name }) => name));
      expect(
        BROKEN.filter(({ name, plpgsqlCheck }) => plpgsqlCheck && !found.has(name)).map(({ name }) => name),
      ).toEqual([]);
    });
  }
});
