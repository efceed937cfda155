import { appendFileSync, chmodSync, chownSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { probeDatabaseTls } from '../../src/facts/network/database-tls.ts';
import { probeEdge } from '../../src/facts/network/https-edge.ts';
import { parseTarget } from '../../src/facts/postgres/target.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';
import { Authority, hasOpenssl } from '../helpers/certificates.ts';

const PASSWORD = 'c4n4ry-p4ssword';

/** Loopback stands for another machine. */
const remote = (url: string) => ({ ...parseTarget(url), local: false });

const open: (Server | HttpServer)[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listening<S extends Server | HttpServer>(server: S): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

test('a database on this machine is not knocked at', async () => {
  expect(await probeDatabaseTls(parseTarget('postgres://a:b@127.0.0.1:1/x'))).toBeNull();
});

test('one that answers nothing is said to be unreachable', async () => {
  const error = await probeDatabaseTls(remote('postgres://a:b@127.0.0.1:1/x')).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toContain('ECONNREFUSED');
});

describe('a server without TLS', () => {
  const fatal = (code: string, message: string) => {
    const body = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
    const head = Buffer.alloc(5);
    head.write('E');
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const request = (code: number) => {
    const message = Buffer.alloc(9);
    message.write('R');
    message.writeInt32BE(8, 1);
    message.writeInt32BE(code, 5);
    return message;
  };

  test.each([
    ['cleartext password', request(3), { plain: 'credentials', plainState: null }],
    ['no password', request(0), { plain: 'open', plainState: null }],
    [
      'a pooler that wants TLS',
      fatal('28000', 'SSL connection is required'),
      { plain: 'refused', plainState: '28000' },
    ],
    ['too many clients', fatal('53300', 'sorry, too many clients already'), { plain: 'unclear', plainState: '53300' }],
    ['a closed line', null, { plain: 'unclear', plainState: null }],
  ])('%s', async (_, answer, expected) => {
    const heard: Buffer[] = [];
    const port = await listening(
      createServer((socket) => {
        socket.on('error', () => undefined);
        socket.on('data', (data) => {
          heard.push(data);
          // In two parts: an answer need not come in one piece.
          if (data.length === 8) socket.end('N');
          else if (answer === null) socket.end();
          else {
            socket.write(answer.subarray(0, 6));
            setTimeout(() => socket.end(answer.subarray(6)), 20);
          }
        });
      }),
    );
    const probed = await probeDatabaseTls(remote(`postgres://user:${PASSWORD}@127.0.0.1:${port}/shop`));
    expect(probed).toEqual({ hosted: false, tls: null, ...expected });
    expect(heard).toHaveLength(2);
    expect(Buffer.concat(heard).toString('latin1')).not.toContain(PASSWORD);
  });
});

describe.skipIf(!hasOpenssl)('with certificates (needs openssl)', () => {
  let authority: Authority;
  let server: PostgresServer;
  let install: (made: { key: string; certificate: string }) => Promise<void>;
  beforeAll(async () => {
    authority = new Authority();
    const directory = mkdtempSync(join(tmpdir(), 'supaready-network-'));
    server = await startServer({ directory, ephemeral: true });
    const data = join(directory, 'data');
    const admin = new pg.Client({ connectionString: server.url('postgres', 'supabase_admin') });
    await admin.connect();
    await admin.query(
      `create role careful login password '${PASSWORD}'; create role careless login password '${PASSWORD}'`,
    );
    const hba = (await admin.query<{ path: string }>(`select current_setting('hba_file') as path`)).rows[0]?.path ?? '';
    const rules = readFileSync(hba, 'utf8');
    writeFileSync(
      hba,
      'hostssl all careful 127.0.0.1/32 scram-sha-256\nhost all careful 127.0.0.1/32 reject\nhost all careless 127.0.0.1/32 scram-sha-256\n',
    );
    appendFileSync(hba, rules);
    await admin.end();
    const owner = statSync(data);
    install = async ({ key, certificate }) => {
      for (const [name, content] of [
        ['server.key', key],
        ['server.crt', certificate],
      ] as const) {
        writeFileSync(join(data, name), content);
        chownSync(join(data, name), owner.uid, owner.gid);
        chmodSync(join(data, name), 0o600);
      }
      const client = new pg.Client({ connectionString: server.url('postgres', 'supabase_admin') });
      await client.connect();
      await client.query('alter system set ssl = on');
      await client.query('select pg_reload_conf()');
      await client.end();
      await sleep(500);
    };
  });
  afterAll(() => server.stop());
  const at = (user: string, query = '') =>
    remote(`postgres://${user}:${PASSWORD}@localhost:${server.port}/postgres${query}`);

  test('PostgreSQL that refuses connections without TLS, with a certificate of a private authority', async () => {
    await install(authority.issue('localhost', 90));
    const probed = await probeDatabaseTls(at('careful'));
    expect(probed).toMatchObject({
      plain: 'refused',
      plainState: '28000',
      tls: {
        certificate: { trust: 'private', subject: 'localhost', issuer: 'Authority of the test', hostMatches: true },
      },
    });
    expect((await probeDatabaseTls(at('careful', `?sslrootcert=${authority.path}`)))?.tls?.certificate).toMatchObject({
      trust: 'named',
      problem: null,
    });
  });

  test('PostgreSQL that takes them, with a self-signed certificate for another host', async () => {
    await install(authority.selfSigned('elsewhere.example'));
    const probed = await probeDatabaseTls(at('careless'));
    expect(probed).toMatchObject({
      plain: 'credentials',
      plainState: null,
      tls: { certificate: { trust: 'self-signed', hostMatches: false } },
    });
  });

  const edge = async (
    certificate: { key: string; certificate: string },
    headers: Record<string, string>,
    http: string | null,
  ) => {
    const port = await listening(
      createHttps({ key: certificate.key, cert: certificate.certificate }, (_, response) => {
        response.writeHead(200, headers);
        response.end('hello');
      }),
    );
    const httpPort =
      http === null
        ? 1
        : await listening(
            createHttp((_, response) => {
              if (http === '') response.end('hello');
              else {
                response.writeHead(301, { location: http });
                response.end();
              }
            }),
          );
    const { https, ...rest } = await probeEdge(new URL(`https://localhost:${port}/path?q`), 'declared.urls', {
      httpPort,
      ca: authority.certificate,
    });
    return { https, http: rest.http, origin: rest.origin };
  };

  test('an address as it should be', async () => {
    const found = await edge(
      authority.issue('localhost', 90),
      { 'strict-transport-security': 'max-age=31536000; includeSubDomains' },
      'https://localhost/',
    );
    expect(found.http).toBe('redirects');
    expect(found.origin).toMatch(/^https:\/\/localhost:\d+$/);
    expect(found.https).toMatchObject({
      status: 200,
      hsts: 31_536_000,
      certificate: { trust: 'named', problem: null, hostMatches: true },
    });
  });

  test('one that serves pages in the clear, for another host, without HSTS', async () => {
    const found = await edge(authority.issue('other.example', 5), {}, '');
    expect(found).toMatchObject({ http: 'serves', https: { hsts: null, certificate: { hostMatches: false } } });
    expect(Date.parse(found.https?.certificate.validTo ?? '') - Date.now()).toBeLessThan(6 * 86_400_000);
  });

  test('a certificate of nobody, a redirect that is no https, a closed port', async () => {
    const own = authority.selfSigned('localhost');
    expect(await edge(own, {}, 'http://localhost/login')).toMatchObject({
      http: 'elsewhere',
      https: { certificate: { trust: 'self-signed' } },
    });
    expect(await edge(own, {}, null)).toMatchObject({ http: 'closed' });
  });
});

test('an address that does not answer is there with its reason', async () => {
  expect(await probeEdge(new URL('https://127.0.0.1:1/'), 'site_url')).toEqual({
    origin: 'https://127.0.0.1:1',
    source: 'site_url',
    https: null,
    reason: 'ECONNREFUSED',
    http: 'not tried',
  });
});
