import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { FACT_SOURCES, type FactName, type Facts, factSchema } from '../../src/core/facts.ts';
import { collectRepository } from '../../src/facts/repository/collect.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

type Content = string | Buffer;

function repository(files: Record<string, Content>, git = true): string {
  const root = mkdtempSync(join(tmpdir(), 'supaready-repository-'));
  folders.push(root);
  if (git) execFileSync('git', ['init', '-q'], { cwd: root });
  write(root, files);
  if (git) execFileSync('git', ['add', '-A'], { cwd: root });
  return root;
}

function write(root: string, files: Record<string, Content>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

function commit(root: string): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', ['add', '-A'], { cwd: root });
  execFileSync('git', [...identity, 'commit', '-q', '-m', 'x'], { cwd: root });
}

async function facet<N extends FactName>(root: string, name: N, migrations?: string): Promise<Facts[N]> {
  const collected = await collectRepository({ root, names: [name], ...(migrations && { migrations }) });
  const fact = collected[name];
  if (fact?.status !== 'ok') throw new Error(`${name}: ${JSON.stringify(fact)}`);
  return factSchema(name).parse(fact.value) as Facts[N];
}

function jwt(claims: Record<string, string>): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${'c2lnbmF0dXJlLW9mLWEtZml4dHVyZQ'}`;
}

describe('files', () => {
  test('git’s files, ignored .env files and symbolic links', async () => {
    const root = repository({
      '.gitignore': '.env*\nnode_modules\n',
      'a.ts': '',
      '.env': 'A=1\n',
      'node_modules/x/.env': 'B=1\n',
    });
    expect(await facet(root, 'repoFiles')).toEqual({
      git: true,
      files: ['.gitignore', 'a.ts'],
      envFiles: [{ path: '.env', tracked: false, ignored: true }],
    });
  });

  test('a plain folder is walked', async () => {
    const root = repository({ 'b/c.ts': '', 'node_modules/x.ts': '', 'dist/y.js': '' }, false);
    expect(await facet(root, 'repoFiles')).toMatchObject({ git: false, files: ['b/c.ts'] });
  });

  test('every facet of an empty folder and of hostile files has its shape', async () => {
    for (const files of [
      {},
      {
        'supabase/config.toml': 'a = [broken',
        'supabase/migrations/20260101000000_x.sql': 'create tabel;',
        'package.json': '{',
        '.github/workflows/ci.yml': 'a: [',
        'src/a.ts': 'const = supabase',
        'src/bin.ts': Buffer.from([0, 1, 2, 0]),
        'src/types.ts': 'export type Database = { public: { Tables: { Row ',
      },
    ]) {
      const root = repository(files);
      const collected = await collectRepository({ root, names: FACT_SOURCES.repository });
      for (const name of FACT_SOURCES.repository) expect([name, collected[name]?.status]).toEqual([name, 'ok']);
    }
  });

  test('a folder that is not there', async () => {
    const collected = await collectRepository({ root: '/nowhere/at/all', names: ['repoFiles'] });
    expect(collected.repoFiles).toMatchObject({ status: 'absent' });
  });

  test('an abort ends it', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(collectRepository({ root: repository({ 'a.ts': '' }), names: ['repoKeys'], signal })).rejects.toThrow(
      'enough',
    );
  });
});

test('config.toml: literal secrets are named and masked, wherever the folder is', async () => {
  const toml =
    '[auth.email.smtp]\npass = "hunter2-literal"\n[auth.external.apple]\nsecret = "env(APPLE)"\n[api]\nmax_rows = 5\n';
  const config = await facet(repository({ 'apps/db/supabase/config.toml': toml }), 'repoConfig');
  expect(config).toMatchObject({
    path: 'apps/db/supabase/config.toml',
    literalSecrets: [{ key: 'auth.email.smtp.pass', line: 2 }],
    values: { api: { max_rows: 5 }, auth: { email: { smtp: { pass: '[REDACTED:literal]' } } } },
  });
  expect(JSON.stringify(config)).not.toContain('hunter2');
});

describe('migrations', () => {
  test('origins follow renames, drops and blocks; fixtures and destruction are told', async () => {
    const root = repository({
      'supabase/migrations/20260101000000_first.sql':
        "create table contacts (id int);\ncreate policy p on contacts using (true);\ncreate table gone (id int);\ninsert into auth.users (id, email) values (gen_random_uuid(), 'test@example.com');\n",
      'supabase/migrations/20260102000000_second.sql':
        'alter table contacts rename to people;\ndrop table gone;\ndrop table if exists never_was;\ndo $$ begin create table hidden (id int); end $$;\nalter table people drop column id;\n',
      'supabase/migrations/notes.sql': 'not a migration',
      'supabase/seed.sql': '',
    });
    const facts = await facet(root, 'repoMigrations');
    expect(facts).toMatchObject({ tool: 'supabase', directory: 'supabase/migrations', seeds: ['supabase/seed.sql'] });
    expect(facts.files.map(({ version, name, error }) => [version, name, error])).toEqual([
      ['20260101000000', 'first', null],
      ['20260102000000', 'second', null],
    ]);
    const first = 'supabase/migrations/20260101000000_first.sql';
    const second = 'supabase/migrations/20260102000000_second.sql';
    expect(facts.origins.map(({ kind, name, table, path, line }) => [kind, name, table, path, line])).toEqual(
      expect.arrayContaining([
        ['table', 'people', null, first, 1],
        ['policy', 'p', 'people', first, 2],
        ['table', 'hidden', null, second, 4],
      ]),
    );
    expect(facts.origins.filter(({ column }) => column === null)).toHaveLength(3);
    expect(facts.destructive.map(({ statement }) => statement)).toEqual([
      'rename table public.contacts to people',
      'drop table public.gone',
      'drop column public.people.id',
    ]);
    expect(facts.fixtures.map(({ kind, line }) => [kind, line])).toEqual([
      ['auth-user', 4],
      ['fixture-email', 4],
    ]);
  });

  test.each([
    ['prisma', { 'prisma/migrations/20230101_init/migration.sql': 'select 1;' }, '20230101_init'],
    [
      'drizzle',
      {
        'drizzle/0000_init.sql': 'select 1;',
        'drizzle/meta/_journal.json': '{"entries":[{"idx":0,"tag":"0000_init"}]}',
      },
      '0000_init',
    ],
    ['sql', { 'db/migrations/001_init.up.sql': 'select 1;', 'db/migrations/001_init.down.sql': 'select 2;' }, '001'],
  ] as const)('%s', async (tool, files, version) => {
    const facts = await facet(repository(files), 'repoMigrations');
    expect([facts.tool, facts.files.map((file) => file.version)]).toEqual([tool, [version]]);
  });
});

describe('keys', () => {
  test('values stay out; demo keys, clients and history are told apart', async () => {
    const service = jwt({ iss: 'supabase', ref: 'abcdefghijklmnopqrst', role: 'service_role' });
    const old = jwt({ iss: 'supabase', ref: 'bcdefghijklmnopqrstu', role: 'service_role' });
    const demo = jwt({ iss: 'supabase-demo', role: 'anon' });
    const root = repository({ 'old.ts': `const removed = '${old}';\n` });
    commit(root);
    write(root, {
      'old.ts': '',
      '.env.local': `VITE_KEY=${service}\n`,
      '.gitignore': '.env*\n',
      'local.md': `key: ${demo}\n`,
      'dist/index.html': '',
      'dist/app.js': `x="${service}"`,
    });
    execFileSync('git', ['add', '-A', '--', 'old.ts', '.gitignore', 'local.md'], { cwd: root });
    const keys = await facet(root, 'repoKeys');
    expect(
      keys.map(({ path, where, kind, variable, ref, demo: isDemo, client }) => [
        path,
        where,
        kind,
        variable,
        ref,
        isDemo,
        client,
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['local.md', 'tracked', 'anon-jwt', 'key', null, true, false],
        ['.env.local', 'untracked', 'service-role-jwt', 'VITE_KEY', 'abcdefghijklmnopqrst', false, true],
        ['dist/app.js', 'untracked', 'service-role-jwt', 'x', 'abcdefghijklmnopqrst', false, true],
        ['old.ts', 'history', 'service-role-jwt', 'removed', 'bcdefghijklmnopqrstu', false, false],
      ]),
    );
    expect(keys).toHaveLength(4);
    expect(JSON.stringify(keys)).not.toContain(service.slice(40, 80));
  });

  test('a key that is still in use and was once committed is one of the history', async () => {
    const service = jwt({ iss: 'supabase', ref: 'abcdefghijklmnopqrst', role: 'service_role' });
    const root = repository({ 'old.ts': `const key = '${service}';\n` });
    commit(root);
    write(root, { 'old.ts': '', '.env': `KEY=${service}\n`, '.gitignore': '.env\n' });
    execFileSync('git', ['add', '-A'], { cwd: root });
    const keys = await facet(root, 'repoKeys');
    expect(keys.map(({ path, where }) => `${where} ${path}`).sort()).toEqual(['history old.ts', 'untracked .env']);
  });

  test('variables of .env files', async () => {
    const root = repository({
      '.env':
        'export DATABASE_URL="postgres://postgres.abcdefghijklmnopqrst:p@w@aws-0-eu.pooler.supabase.com:6543/postgres?pgbouncer=true&sslmode=require"\n# A=b\nDIRECT=postgres://u:p@db.abcdefghijklmnopqrst.supabase.co:5432/postgres\n',
    });
    expect(await facet(root, 'repoEnv')).toEqual([
      {
        path: '.env',
        line: 1,
        variable: 'DATABASE_URL',
        ref: 'abcdefghijklmnopqrst',
        port: 6543,
        host: 'pooler',
        pgbouncer: true,
        sslmode: 'require',
        tlsUnchecked: false,
      },
      {
        path: '.env',
        line: 3,
        variable: 'DIRECT',
        ref: 'abcdefghijklmnopqrst',
        port: 5432,
        host: 'direct',
        pgbouncer: false,
        sslmode: null,
        tlsUnchecked: false,
      },
    ]);
  });
});

describe('types', () => {
  const source =
    'export type Database = { public: { Tables: { notes: { Row: { id: number; "odd name": string }; Update: {} } }; Views: {}; Functions: {}; Enums: { mood: "a" | "b" } } }\n';

  test.each([
    ['utf-8', Buffer.from(source)],
    ['utf-8 with BOM', Buffer.from(`\ufeff${source}`)],
    ['utf-16le', Buffer.from(`\ufeff${source}`, 'utf16le')],
    ['utf-16be', Buffer.from(`\ufeff${source}`, 'utf16le').swap16()],
  ])('%s', async (encoding, content) => {
    expect(await facet(repository({ 'lib/db.ts': content }), 'repoTypes')).toMatchObject({
      path: 'lib/db.ts',
      encoding,
      schemas: [
        {
          name: 'public',
          relations: [{ name: 'notes', kind: 'table', columns: [{ name: 'id' }, { name: 'odd name' }] }],
          enums: [{ name: 'mood', labels: ['a', 'b'] }],
        },
      ],
    });
  });
});

describe('code', () => {
  const lib =
    "import { createClient } from '@supabase/supabase-js';\nexport const db = createClient('u', 'k');\nexport const make = () => createClient('u', process.env.SUPABASE_SERVICE_ROLE_KEY!);\n";
  async function calls(code: string, path = 'src/a.ts', more: Record<string, Content> = {}): Promise<string[]> {
    const facts = await facet(repository({ 'src/lib.ts': lib, [path]: code, ...more }), 'repoCode');
    expect(facts.parseErrors).toEqual([]);
    return facts.calls.map(
      ({ kind, schema, target, operation }) =>
        `${kind} ${schema ?? '-'} ${target.dynamic ? '?' : target.value} ${operation}`,
    );
  }

  test('nothing else’s from, rpc or select is taken for a call', async () => {
    const code = `
      import { from } from 'rxjs';
      import knex from 'knex';
      import { drizzle } from 'drizzle-orm/postgres-js';
      Array.from(new Set([1])); Buffer.from('x'); Object.fromEntries([]); from([1]);
      knex.select('a').from('t'); drizzle({}).select().from(users);
      Uint8Array.from([1]).map(String);
      const server = { rpc: (name: string) => name }; server.rpc('notSupabase');
      const moment = { from: (x: string) => ({ toString: () => x }) }; moment.from('now').toString();
    `;
    expect(await calls(code)).toEqual([]);
  });

  test('clients are followed through imports, functions, parameters and classes', async () => {
    const code = `
      import { db, make } from './lib';
      import type { SupabaseClient } from '@supabase/supabase-js';
      const TABLES = { notes: 'notes' } as const;
      export async function a() {
        await db.from(TABLES.notes).delete().eq('id', 1);
        await db.schema('api').from('views').select();
        (await make()).rpc('tidy');
        let query = db.from('later').select('id'); query = query.eq('state', 1);
      }
      export const b = (client: SupabaseClient) => client.from('typed').upsert({ id: 1 });
      export class Store { constructor(private readonly api: SupabaseClient) {} all(name: string) { return this.api.from(name).select('*'); } }
      export const c = (supabase: any) => supabase.storage.from('bucket').list();
      export const d = (supabase: any) => supabase.functions.invoke('hello', { body: {} });
    `;
    expect(await calls(code)).toEqual(
      expect.arrayContaining([
        'from - notes delete',
        'from api views select',
        'rpc - tidy execute',
        'from - later select',
        'from - typed upsert',
        'from - ? select',
        'storage - bucket list',
        'function - hello invoke',
      ]),
    );
  });

  test('columns of selects, filters and written objects, and the secret key', async () => {
    const code = `
      import { make } from '@/lib';
      export const f = () => make().from('notes').select(\`id,
        author:people(name)\`).eq('people.city', 'x').is('author.zip', null).order('created', { referencedTable: 'author' });
      export const g = (rows: any[]) => make().from('notes').insert(rows.map((row) => ({ body: row.body })));
    `;
    const facts = await facet(
      repository({
        'src/lib.ts': lib,
        'src/a.ts': code,
        'tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}',
      }),
      'repoCode',
    );
    expect(
      facts.calls.map(({ columns, secretKey }) => [
        secretKey,
        columns.map(({ relation, name, line }) => `${relation ?? ''}.${name}:${line}`),
      ]),
    ).toEqual([
      [true, ['.id:3', 'people.*:4', 'people.name:4', 'people.city:4', 'people.zip:4', 'people.created:4']],
      [true, ['.body:5']],
    ]);
  });

  test('scripts of components keep their lines', async () => {
    const facts = await facet(
      repository({
        'src/lib.ts': lib,
        'src/a.vue':
          "<template>\n <p/>\n</template>\n<script setup lang=\"ts\">\nimport { db } from './lib';\ndb.from('notes').select('id');\n</script>\n",
      }),
      'repoCode',
    );
    expect(facts.calls.map(({ line, side, target }) => [line, side, target.value])).toEqual([[6, 'client', 'notes']]);
  });
});

test('project: workflows, functions, documents, Prisma', async () => {
  const root = repository({
    'package.json':
      '{"scripts":{"types":"supabase gen types typescript --local"},"dependencies":{"next":"15","@prisma/client":"6"}}',
    '.github/workflows/ci.yml':
      'on:\n  schedule:\n    - cron: "0 0 * * *"\njobs:\n  a:\n    steps:\n      - run: npm run types\n      - run: npx supabase db dump -f x.sql\n',
    'supabase/functions/hook/index.ts': "import Stripe from 'npm:stripe';\n",
    'docs/runbook.md': '# Runbook\n\nRPO 1 h, RTO 2 h, owner: ops\n\n1. Restore\n',
    'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
  });
  expect(await facet(root, 'repoProject')).toMatchObject({
    frameworks: ['next'],
    orms: ['prisma'],
    edgeFunctions: [{ name: 'hook', pinned: false }],
    workflows: [{ runs: expect.arrayContaining(['gen-types', 'db-dump']), scheduled: true }],
    documents: [{ kind: 'runbook', mentions: expect.arrayContaining(['RPO', 'RTO', 'owner', 'steps']) }],
    prismaSchema: { url: 'env("DATABASE_URL")', directUrl: null, line: 1 },
  });
});
