import { createServer, connect as openSocket, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { loadSqlParser } from '../../src/core/sql.ts';
import { collectCatalogue } from '../../src/facts/postgres/collect.ts';
import { withoutLiterals } from '../../src/facts/postgres/statement-text.ts';
import { freshDatabase, type TestDatabase } from '../helpers/database.ts';

// The limits of the real thing are half a minute; what happens when they pass is the same.
vi.mock('../../src/facts/postgres/timeouts.ts', () => ({
  CONNECT_MS: 2_000,
  STATEMENT_MS: 1_000,
  LOCK_MS: 5_000,
  IDLE_MS: 60_000,
  SILENCE_MS: 500,
  DATA_STATEMENT_MS: 1_000,
}));

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

test('a line that falls silent without being closed is given up, and nothing is concluded', async () => {
  const target = new URL(database.url);
  const serverPort = Number(target.port);
  const sockets: Socket[] = [];
  let silent = false;
  const proxy = createServer((client) => {
    const upstream = openSocket(serverPort, target.hostname);
    sockets.push(client, upstream);
    client.on('error', () => undefined);
    upstream.on('error', () => undefined);
    client.on('data', (data) => silent || upstream.write(data));
    upstream.on('data', (data) => silent || client.write(data));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  target.port = String(typeof address === 'object' ? address?.port : 0);
  const started = Date.now();
  const collecting = collectCatalogue({
    url: target.href,
    names: ['roles', 'relations', 'columns', 'tableStats'],
    onFacet: (name) => {
      silent = name === 'roles';
    },
  });
  await expect(collecting).rejects.toMatchObject({
    code: 'connection-lost',
    exitCode: 3,
    message: expect.stringContaining('fell silent'),
  });
  expect(Date.now() - started).toBeLessThan(10_000);
  for (const socket of sockets) socket.destroy();
  proxy.close();
});

test('a query that takes longer than its limit makes its facet a timeout', async () => {
  await database.sql('create table public.held (id int primary key)');
  const holder = new (await import('pg')).default.Client({ connectionString: database.adminUrl });
  await holder.connect();
  await holder.query('begin; lock table public.held in access exclusive mode');
  const facts = await collectCatalogue({ url: database.url, names: ['relations', 'tableStats'] });
  await holder.query('rollback');
  await holder.end();
  expect(facts.tableStats).toMatchObject({ status: 'timeout', reason: expect.stringContaining('57014') });
  expect(facts.relations?.status).toBe('ok');
});

test('statements keep no literal, whatever PostgreSQL left in them', async () => {
  await loadSqlParser();
  expect(withoutLiterals("create role x password 'canary' valid until '2030-01-01'")).toBe(
    'create role x password $? valid until $?',
  );
  expect(withoutLiterals("select $1, 'can''ary', E'a\\'b', $$canary$$, 42 /* canary */ -- canary")).toBe(
    'select $1, $?, $?, $?, $?',
  );
  expect(withoutLiterals("select 'not closed canary")).toBe('[REDACTED:statement]');
});
