import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { connect, connectReadOnly } from '../../src/facts/postgres/connect.ts';
import { connectFailure } from '../../src/facts/postgres/connect-errors.ts';
import { beginReadOnly } from '../../src/facts/postgres/read-only.ts';
import { parseTarget } from '../../src/facts/postgres/target.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';
import { freshDatabase, type TestDatabase, testServer } from '../helpers/database.ts';

const PASSWORD = 'c4n4ry-p@ss/word';
const ENCODED = encodeURIComponent(PASSWORD);

async function failureOf(work: Promise<unknown>): Promise<UserError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  const told = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + String((error as Error).stack);
  expect(told).not.toContain(PASSWORD);
  expect(told).not.toContain(ENCODED);
  expect((error as UserError).next.length).toBeGreaterThan(10);
  return error as UserError;
}

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** A TCP server of this test; resolves to its port. */
async function listening(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function message(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const int16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text = (value: string) => Buffer.from(`${value}\0`);

function errorMessage(code: string, said: string): Buffer {
  return message('E', text('SFATAL'), text('VFATAL'), text(`C${code}`), text(`M${said}`), Buffer.from([0]));
}

/** The least of PostgreSQL's protocol: refuses TLS, logs anyone in, answers every query with one row of these columns. */
function protocolDouble(row: Record<string, string>) {
  return (socket: Socket) => {
    let started = false;
    socket.on('data', (data) => {
      if (!started && data.length === 8) {
        socket.write('N');
        return;
      }
      const ready = message('Z', Buffer.from('I'));
      if (!started) {
        started = true;
        socket.write(Buffer.concat([message('R', int32(0)), message('K', int32(4242), int32(1)), ready]));
        return;
      }
      if (data[0] !== 81) return;
      const names = Object.keys(row);
      const fields = names.map((name) =>
        Buffer.concat([text(name), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]),
      );
      const values = names.map((name) => {
        const value = Buffer.from(row[name] ?? '');
        return Buffer.concat([int32(value.length), value]);
      });
      socket.write(
        Buffer.concat([
          message('T', int16(names.length), ...fields),
          message('D', int16(names.length), ...values),
          message('C', text('SELECT 1')),
          ready,
        ]),
      );
    });
  };
}

/** Refuses TLS, then answers the log-in with an error. */
function refusing(code: string, said: string) {
  return (socket: Socket) => {
    socket.on('data', (data) => {
      if (data.length === 8) socket.write('N');
      else socket.end(errorMessage(code, said));
    });
  };
}

describe('a server with passwords and TLS', () => {
  let server: PostgresServer;
  let directory: string;
  let tls = false;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'supaready-scram-'));
    server = await startServer({ directory, ephemeral: true });
    const admin = new pg.Client({ connectionString: server.url('postgres', 'supabase_admin') });
    await admin.connect();
    await admin.query(`create role limited login password '${PASSWORD}' connection limit 0`);
    await admin.query(`create role secured login password '${PASSWORD}'`);
    await admin.query(`create role plain login password '${PASSWORD}'`);
    const hba = join(directory, 'data', 'pg_hba.conf');
    const rules = readFileSync(hba, 'utf8');
    writeFileSync(
      hba,
      'host all secured 127.0.0.1/32 scram-sha-256\nhost all limited 127.0.0.1/32 scram-sha-256\nhostssl all plain 127.0.0.1/32 scram-sha-256\nhost all plain 127.0.0.1/32 reject\n',
    );
    appendFileSync(hba, rules);
    await admin.query('select pg_reload_conf()');
    tls = (await admin.query<{ ssl: string }>('show ssl')).rows[0]?.ssl === 'on';
    await admin.end();
  });
  afterAll(() => server.stop());

  const url = (user: string, password: string, database = 'postgres', query = '') =>
    `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/${database}${query}`;

  test('the right password, with characters that need encoding', async () => {
    const client = await connectReadOnly(url('secured', PASSWORD));
    expect((await client.query('select current_user as who')).rows).toEqual([{ who: 'secured' }]);
    await client.end();
  });

  test('a wrong password', async () => {
    const error = await failureOf(connectReadOnly(url('secured', `${PASSWORD}x`)));
    expect(error).toMatchObject({ code: 'wrong-password', exitCode: 3 });
    expect(error.message).toContain(`127.0.0.1:${server.port}`);
    expect(error.message).toContain('secured');
  });

  test('no password at all', async () => {
    const error = await failureOf(connectReadOnly(`postgres://secured@127.0.0.1:${server.port}/postgres`));
    expect(error).toMatchObject({ code: 'wrong-password', exitCode: 3 });
    expect(error.message).toContain('none was given');
  });

  test('an unknown database', async () => {
    const error = await failureOf(connectReadOnly(url('secured', PASSWORD, 'nowhere')));
    expect(error).toMatchObject({ code: 'unknown-database', exitCode: 3 });
    expect(error.message).toContain('nowhere');
  });

  test('no connection left', async () => {
    expect(await failureOf(connectReadOnly(url('limited', PASSWORD)))).toMatchObject({
      code: 'too-many-connections',
      exitCode: 3,
    });
  });

  test('TLS wanted from a server without', async () => {
    expect(tls).toBe(false);
    for (const mode of ['require', 'verify-full']) {
      const error = await failureOf(connectReadOnly(url('secured', PASSWORD, 'postgres', `?sslmode=${mode}`)));
      expect(error).toMatchObject({ code: 'tls-refused', exitCode: 3 });
    }
  });

  test('sslmode=prefer goes on without TLS where the server has none', async () => {
    const { client, link } = await connect(url('secured', PASSWORD, 'postgres', '?sslmode=prefer'));
    expect(link).toEqual({ tls: null, local: true, path: 'direct' });
    await client.end();
  });

  test('a user whom the server lets in only over TLS', async () => {
    const error = await failureOf(connectReadOnly(url('plain', PASSWORD)));
    expect(error.exitCode).toBe(3);
    expect(['tls-required', 'login-refused']).toContain(error.code);
  });
});

const openssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!openssl)('a server with TLS (needs openssl to make its certificate)', () => {
  let server: PostgresServer;
  let certificate: string;

  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'supaready-tls-'));
    server = await startServer({ directory, ephemeral: true });
    const data = join(directory, 'data');
    certificate = join(data, 'server.crt');
    const key = join(data, 'server.key');
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate],
    ]);
    expect(made.status).toBe(0);
    const owner = statSync(data);
    for (const path of [key, certificate]) chownSync(path, owner.uid, owner.gid);
    chmodSync(key, 0o600);
    const admin = new pg.Client({ connectionString: server.url('postgres', 'supabase_admin') });
    await admin.connect();
    await admin.query('alter system set ssl = on');
    await admin.query('select pg_reload_conf()');
    await admin.end();
    // The running postmaster takes the new setting over a moment later.
    for (let tries = 0; tries < 50; tries++) {
      const speaks = await connect(url('localhost', 'require')).then(
        ({ client }) => client.end().then(() => true),
        () => false,
      );
      if (speaks) return;
      await sleep(100);
    }
  });
  afterAll(() => server.stop());

  const url = (host: string, mode: string, more = '') =>
    `postgres://supabase_admin@${host}:${server.port}/postgres?sslmode=${mode}${more}`;

  test.each(['prefer', 'require'])('sslmode=%s uses it and says which', async (mode) => {
    const { client, link } = await connect(url('localhost', mode));
    expect(link.tls).toEqual({ version: expect.stringMatching(/^TLSv1/), cipher: expect.stringMatching(/^\w+/) });
    await client.end();
  });

  test('sslmode=disable does not', async () => {
    const { client, link } = await connect(url('localhost', 'disable'));
    expect(link.tls).toBeNull();
    await client.end();
  });

  test('verify-full with the authority named', async () => {
    const { client, link } = await connect(url('localhost', 'verify-full', `&sslrootcert=${certificate}`));
    expect(link.tls).not.toBeNull();
    await client.end();
  });

  test('verify-full without it, and with another host’s name', async () => {
    expect(await failureOf(connectReadOnly(url('localhost', 'verify-full')))).toMatchObject({
      code: 'tls-untrusted',
      exitCode: 3,
    });
    expect(
      await failureOf(connectReadOnly(url('127.0.0.1', 'verify-full', `&sslrootcert=${certificate}`))),
    ).toMatchObject({
      code: 'tls-untrusted',
      exitCode: 3,
    });
  });

  test('verify-ca does not mind the name', async () => {
    const client = await connectReadOnly(url('127.0.0.1', 'verify-ca', `&sslrootcert=${certificate}`));
    await client.end();
  });
});

describe('a server that is not there, or none of ours', () => {
  test('nothing listens', async () => {
    const port = await listening(() => undefined);
    open.splice(0)[0]?.close();
    const error = await failureOf(connectReadOnly(`postgres://u:${ENCODED}@127.0.0.1:${port}/db`));
    expect(error).toMatchObject({ code: 'unreachable', exitCode: 3 });
    expect(error.message).toContain(`127.0.0.1:${port}`);
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('a name that DNS does not know', async () => {
    const error = await failureOf(connectReadOnly(`postgres://u:${ENCODED}@no-such-host.invalid:5432/db`));
    expect(error).toMatchObject({ code: 'unreachable', exitCode: 3 });
    expect(error.message).toContain('no-such-host.invalid:5432');
  });

  test('a server that never answers is given up', async () => {
    const port = await listening(() => undefined);
    const started = Date.now();
    const error = await failureOf(connectReadOnly(`postgres://u:${ENCODED}@127.0.0.1:${port}/db?sslmode=disable`));
    expect(error).toMatchObject({ code: 'unreachable', exitCode: 3 });
    expect(Date.now() - started).toBeLessThan(20_000);
  }, 30_000);

  test('a server that hangs up', async () => {
    const port = await listening((socket) => socket.destroy());
    expect(await failureOf(connectReadOnly(`postgres://u:${ENCODED}@127.0.0.1:${port}/db`))).toMatchObject({
      exitCode: 3,
    });
  });

  test('something that speaks another protocol', async () => {
    const port = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await failureOf(connectReadOnly(`postgres://u:${ENCODED}@127.0.0.1:${port}/db`))).exitCode).toBe(3);
  });

  test('PostgreSQL 13', async () => {
    const port = await listening(protocolDouble({ version_num: '130014', version: '13.14', pid: '4242' }));
    const error = await failureOf(connectReadOnly(`postgres://u:${ENCODED}@127.0.0.1:${port}/db`));
    expect(error).toMatchObject({ code: 'unsupported-server', exitCode: 3 });
    expect(error.message).toContain('PostgreSQL 13.14');
    expect(error.message).toContain('needs 14 or newer');
  });

  test.each([
    ['XX000', 'Tenant or user not found', 'login-refused'],
    [
      'XX000',
      'MaxClientsInSessionMode: max clients reached - in Session mode max clients are limited to pool_size',
      'too-many-connections',
    ],
    ['53300', 'sorry, too many clients already', 'too-many-connections'],
    ['57P03', 'the database system is starting up', 'unreachable'],
    ['28000', 'no pg_hba.conf entry for host "1.2.3.4", user "u", database "db", no encryption', 'tls-required'],
    ['XX000', `strange postgres://u:${PASSWORD}@h/db said`, 'connection-failed'],
  ])('the server answers %s %s', async (code, said, expected) => {
    const port = await listening(refusing(code, said));
    const error = await failureOf(connectReadOnly(`postgres://u:${ENCODED}@127.0.0.1:${port}/db`));
    expect(error).toMatchObject({ code: expected, exitCode: 3 });
  });

  test('an abort while connecting ends at once', async () => {
    const port = await listening(() => undefined);
    const started = Date.now();
    const error = await failureOf(
      connectReadOnly(`postgres://u:${ENCODED}@127.0.0.1:${port}/db?sslmode=disable`, {
        signal: AbortSignal.timeout(200),
      }),
    );
    expect(error).toMatchObject({ code: 'cancelled', exitCode: 130 });
    expect(Date.now() - started).toBeLessThan(5_000);
  });
});

describe('URLs', () => {
  test.each([
    '',
    'not a url',
    `mysql://u:${ENCODED}@h/db`,
    `postgres://u:${PASSWORD}#@h:5432/db`,
    `postgres://u:${ENCODED}@h:99999/db`,
    `postgres://u:%zz${ENCODED}@h:5432/db`,
    `postgres://u:${ENCODED}@h:5432/db?sslmode=sometimes`,
    `postgres://u:${ENCODED}@h1,h2:5432/db`,
    `host=h user=u password=${PASSWORD}`,
    `postgres://u:${ENCODED}@h:5432/db?sslrootcert=/no/such/file`,
  ])('%# is refused as wrong usage without being repeated', async (url) => {
    const error = await failureOf(connectReadOnly(url));
    expect(error).toMatchObject({ code: 'bad-url', exitCode: 2 });
    if (url !== '') expect(error.message).not.toContain(url);
  });

  test('are taken apart', () => {
    expect(
      parseTarget(
        `postgresql://postgres.ref:${ENCODED}@aws-0-eu-central-1.pooler.supabase.com:6543/postgres?pgbouncer=true`,
      ),
    ).toEqual({
      host: 'aws-0-eu-central-1.pooler.supabase.com',
      port: 6543,
      user: 'postgres.ref',
      password: PASSWORD,
      database: 'postgres',
      sslMode: 'require',
      sslRootCert: null,
      options: undefined,
      pgbouncer: true,
      local: false,
    });
    expect(parseTarget('postgres:///app?host=/run/postgresql&user=me')).toMatchObject({
      host: '/run/postgresql',
      user: 'me',
      database: 'app',
      sslMode: 'disable',
      local: true,
    });
    expect(parseTarget('postgres://me@[::1]:5433')).toMatchObject({
      host: '::1',
      port: 5433,
      database: 'me',
      local: true,
    });
    expect(parseTarget('postgres://me@db.abcdefghijklmnopqrst.supabase.co/postgres')).toMatchObject({
      sslMode: 'require',
      port: 5432,
    });
    expect(parseTarget('postgres://me@db.example.org/x')).toMatchObject({ sslMode: 'prefer', local: false });
  });

  test('a project’s direct address that this machine has no way to points at the pooler', () => {
    const target = parseTarget('postgres://postgres@db.abcdefghijklmnopqrst.supabase.co:5432/postgres');
    const error = connectFailure(target, Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
    expect(error.next).toContain('pooler');
  });
});

describe('the session', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  async function settingsOf(client: pg.Client) {
    const names = [
      'default_transaction_read_only',
      'search_path',
      'statement_timeout',
      'lock_timeout',
      'idle_in_transaction_session_timeout',
      'application_name',
      'row_security',
      'TimeZone',
      'client_encoding',
    ];
    const result = await client.query<{ name: string; value: string }>(
      'select n as name, current_setting(n) as value from unnest($1::text[]) n',
      [names],
    );
    return Object.fromEntries(result.rows.map((row) => [row.name, row.value]));
  }

  const EXPECTED = {
    search_path: '""',
    statement_timeout: '30s',
    lock_timeout: '5s',
    idle_in_transaction_session_timeout: '1min',
    application_name: 'supaready',
    row_security: 'off',
    TimeZone: 'UTC',
    client_encoding: 'UTF8',
  };

  test('is read-only and bounded from the start on a direct connection', async () => {
    const client = await connectReadOnly(database.url);
    expect(await settingsOf(client)).toEqual({ ...EXPECTED, default_transaction_read_only: 'on' });
    await expect(client.query('create table public.x ()')).rejects.toMatchObject({ code: '25006' });
    await client.end();
  });

  test('behind a pooler the same holds within the transaction and nothing is left behind', async () => {
    const client = await connectReadOnly(`${database.url}?pgbouncer=true`);
    const before = await settingsOf(client);
    expect(before.default_transaction_read_only).toBe('off');
    await beginReadOnly(client);
    expect(await settingsOf(client)).toMatchObject(EXPECTED);
    await expect(client.query('create table public.x ()')).rejects.toMatchObject({ code: '25006' });
    await client.query('rollback');
    expect(await settingsOf(client)).toEqual(before);
    await client.end();
  });

  test('a database name with quotes, spaces, emoji and right-to-left letters', async () => {
    const strange = await freshDatabase(`we"ird ' né 🔑 שלום ${Date.now()}`);
    const client = await connectReadOnly(strange.url);
    expect((await client.query('select current_database() as name')).rows[0].name).toContain('🔑');
    await client.end();
    await strange.drop();
  });

  test('the server of the tests is the one meant', () => {
    expect(database.url).toContain(`:${testServer().port}/`);
  });
});
