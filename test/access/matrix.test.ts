import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { factSchema } from '../../src/core/facts.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { probeAccess } from '../../src/facts/shadow/access/probe.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';
import { contextOn } from '../helpers/shadow-context.ts';
import { observed, truthOf } from './truth.ts';

/* Each schema of schemas/ says by hand who can do what; PostgreSQL's own answers must agree in every cell. */

const folder = fileURLToPath(new URL('schemas/', import.meta.url));
const only = process.env.ACCESS_SCHEMA;
const files = readdirSync(folder).filter((file) => file.endsWith('.sql') && (!only || file.startsWith(only)));

let server: PostgresServer;
beforeAll(async () => {
  await loadSqlParser();
  // Some schemas make roles, which belong to the whole server.
  server = await startServer({
    directory: mkdtempSync(join(tmpdir(), 'supaready-access-')),
    ephemeral: true,
    baseline: true,
  });
});
afterAll(() => server?.stop());

describe('the access matrix of a schema', () => {
  test.each(files)('%s', { timeout: 60_000 }, async (file) => {
    const sql = readFileSync(join(folder, file), 'utf8');
    const name = file.replace('.sql', '').replaceAll('-', '_');
    const matrix = await probeAccess(await contextOn(server, name, sql));
    expect(factSchema('accessMatrix').parse(matrix)).toEqual(matrix);
    // Outcomes only: no id, address or text of any row.
    expect(JSON.stringify(matrix)).not.toMatch(/@example\.test|-5ead-|row\d/);
    const seen = observed(matrix);
    const truth = truthOf(
      sql,
      matrix.personas.map(({ name: persona }) => persona),
    );
    expect(truth.size).toBeGreaterThan(0);
    expect(Object.fromEntries([...truth.keys()].map((key) => [key, seen.get(key) ?? 'absent']))).toEqual(
      Object.fromEntries(truth),
    );
    // Whatever the table does not speak of must be said too.
    const silent = [...seen.keys()].filter((key) => !truth.has(key) && !key.endsWith(' service_role'));
    expect(silent).toEqual([]);
  });
});
