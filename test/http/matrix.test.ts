import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SupabaseClient } from '@supabase/supabase-js';
import { SignJWT } from 'jose';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type ApiServer, startApiServer } from '../../src/commands/demo/api-server.ts';
import type { Facts } from '../../src/core/facts.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { askApi } from '../../src/facts/http/cells.ts';
import { type AccessQuestion, prepareAccess } from '../../src/facts/shadow/access/probe.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';
import { apiOn, PASSWORD } from '../helpers/api-server.ts';
import { contextOn } from '../helpers/shadow-context.ts';
import { overHttp, Unsayable } from './over-http.ts';

/*
 * The matrix that SQL gives is the one the API gives: each schema of test/access/schemas is filled, every cell is asked of
 * PostgreSQL by SET ROLE and claims, then of a Supabase-compatible API by requests of the same people, and both must agree.
 */

const folder = fileURLToPath(new URL('../access/schemas/', import.meta.url));
/** One of each kind; WIRE_SCHEMAS=all asks all of them, or those whose names begin so. */
const USUALLY = [
  'anonymous-users',
  'claims-tenant',
  'column-grants',
  'custom-role',
  'definer-view',
  'membership',
  'no-grants',
  'own-rows',
  'public-read-own-write',
  'recursion',
  'second-factor',
  'session-end',
  'soft-delete',
];
const wanted = process.env.WIRE_SCHEMAS;
const files = readdirSync(folder).filter(
  (file) =>
    file.endsWith('.sql') &&
    (wanted === 'all' || (wanted ? file.startsWith(wanted) : USUALLY.includes(file.replace('.sql', '')))),
);

let server: PostgresServer;
beforeAll(async () => {
  await loadSqlParser();
  server = await startServer({
    directory: mkdtempSync(join(tmpdir(), 'supaready-wire-')),
    ephemeral: true,
    baseline: true,
  });
});
afterAll(() => server?.stop());

/** Tokens of the personas: A, B and C log in with their password where their claims are those that Auth itself gives. */
async function tokensOf(
  questions: readonly AccessQuestion[],
  api: ApiServer,
  admin: pg.Client,
  signed: boolean,
): Promise<Map<string, string | null>> {
  const clients = apiOn(api);
  const tokens = new Map<string, string | null>([['anon', null]]);
  for (const { persona } of questions) {
    if (tokens.has(persona.name)) continue;
    const plain = !signed && ['A', 'B', 'C'].includes(persona.name) && isPlain(persona.claims);
    if (plain) {
      await admin.query(
        `update auth.users set encrypted_password = extensions.crypt($2, extensions.gen_salt('bf', 4)), email_confirmed_at = now() where id = $1`,
        [persona.claims.sub, PASSWORD],
      );
      const { data, error } = await clients
        .client(api.publishableKey)
        .auth.signInWithPassword({ email: String(persona.claims.email), password: PASSWORD });
      if (error) throw error;
      totals.loggedIn++;
      tokens.set(persona.name, data.session.access_token);
    } else {
      const token = new SignJWT({ ...persona.claims }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' });
      tokens.set(persona.name, await token.sign(new TextEncoder().encode(api.jwtSecret)));
    }
  }
  return tokens;
}

function isPlain(claims: Readonly<Record<string, unknown>>): boolean {
  const { app_metadata: app, user_metadata: user } = claims as Record<string, object>;
  return Object.keys(app ?? {}).length <= 2 && Object.keys(user ?? {}).length === 0;
}

type Matrix = Facts['accessMatrix'];
type Cell = Matrix['relations'][number]['cells'][number];

function predicted({ relations }: Matrix, { persona, target, cell }: AccessQuestion): Cell | undefined {
  const { schema, name } = target.relation;
  return relations
    .find((one) => one.schema === schema && one.table === name && one.bucket === target.bucket)
    ?.cells.find(
      ({ command, row, forged, personas }) =>
        command === cell.command && row === cell.row && forged === cell.forged && personas.includes(persona.name),
    );
}

/** PostgREST itself refuses a token whose time is over (PGRST303); policies are not asked. */
const EXPIRED = { outcome: 'error' };

/** Why the two cannot be compared in this cell; null where they can. */
function limitOf({ target }: AccessQuestion, { reason, outcome }: Cell): string | null {
  if (target.relation.partition) return 'the server serves a partition through its root only';
  if (outcome === 'filtered' && reason !== null) return 'a request does not say that a trigger wrote something else';
  return null;
}

/** Schemas whose policies read a claim that the server’s tokens lack: theirs are signed by the test, with its secret. */
const SIGNED_BY_TEST = ['anonymous-users.sql'];

/** What was compared; left: cells that requests cannot express, and those of limitOf. */
const totals = { schemas: 0, asked: 0, agreed: 0, left: 0, loggedIn: 0 };
afterAll(() => console.info(`by HTTP as by SQL: ${JSON.stringify(totals)}`));

test.each(files)('%s', { timeout: 120_000 }, async (file) => {
  const sql = readFileSync(join(folder, file), 'utf8');
  const name = `wire_${file.replace('.sql', '').replaceAll('-', '_')}`;
  const context = await contextOn(server, name, sql);
  const client = new pg.Client({ connectionString: server.url(name) });
  const admin = new pg.Client({ connectionString: server.url(name, 'supabase_admin') });
  await Promise.all([client.connect(), admin.connect()]);
  onTestFinished(async () => {
    await Promise.all([client.end(), admin.end()]);
    await server.dropDatabase(name);
  });

  await client.query('begin');
  const probe = await prepareAccess(client, context);
  const matrix = await probe.matrix();
  const questions = probe.questions().filter(({ cell }) => cell.sql !== null);
  await client.query('commit');

  const schemas = [...new Set(questions.map(({ target }) => target.relation.schema))];
  const api = await startApiServer({ databaseUrl: server.url(name, 'supabase_admin'), schemas, rollback: true });
  onTestFinished(() => api.stop());
  const tokens = await tokensOf(questions, api, admin, SIGNED_BY_TEST.includes(file));
  const clients = new Map(
    [...tokens].map(([persona, token]) => [persona, apiOn(api).client(api.publishableKey, token ?? undefined)]),
  );

  const differing: string[] = [];
  const ask = async (question: AccessQuestion) => {
    const { persona, target, cell } = question;
    const said = predicted(matrix, question);
    if (!said || target.bucket !== null || limitOf(question, said) !== null) {
      totals.left++;
      return;
    }
    try {
      const asked = await overHttp(question, admin);
      const answer = await askApi(clients.get(persona.name) as SupabaseClient, asked, { undoneByServer: true });
      totals.asked++;
      const expected = persona.name === 'expired' ? EXPIRED : said;
      if (answer.outcome === expected.outcome) totals.agreed++;
      else
        differing.push(
          `${target.relation.name} ${persona.name} ${cell.command} ${cell.row} ${cell.forged ?? ''}: SQL ${said.outcome} ${said.sqlstate ?? ''}, HTTP ${answer.outcome} ${answer.status} ${answer.code ?? ''}`,
        );
    } catch (error) {
      if (!(error instanceof Unsayable)) throw error;
      totals.left++;
    }
  };
  // Each persona's one after the other, personas side by side.
  await Promise.all(
    [...clients.keys()].map(async (persona) => {
      for (const question of questions) if (question.persona.name === persona) await ask(question);
    }),
  );
  totals.schemas++;
  expect(differing).toEqual([]);
});
