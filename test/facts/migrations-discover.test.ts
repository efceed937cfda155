import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Facts } from '../../src/core/facts.ts';
import { loadSqlParser, tokensDigest } from '../../src/core/sql.ts';
import { collectRepository } from '../../src/facts/repository/collect.ts';
import { sectionOf } from '../../src/facts/repository/migrations/sections.ts';
import type { Files } from '../checks/fixture.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function migrations(files: Files): Promise<Facts['repoMigrations']> {
  const root = mkdtempSync(join(tmpdir(), 'supaready-discover-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text ?? '');
  }
  const { repoMigrations } = await collectRepository({ root, names: ['repoMigrations'] });
  if (repoMigrations?.status !== 'ok') throw new Error(JSON.stringify(repoMigrations));
  return repoMigrations.value;
}

const paths = (facts: Facts['repoMigrations']) => facts.files.map(({ path }) => path);
const journal = (entries: object[]) => JSON.stringify({ entries });

describe('where migrations are', () => {
  test('a monorepo: examples come last, other folders are named', async () => {
    const facts = await migrations({
      'examples/supabase/migrations/20240101000000_x.sql': 'select 1;',
      'apps/one/supabase/migrations/20240101000000_a.sql': 'select 1;',
      'apps/two/supabase/migrations/20240101000000_b.sql': 'select 1;',
      'apps/two/supabase/migrations/20240102000000_c.sql': 'select 1;',
    });
    expect(facts.directory).toBe('apps/two/supabase/migrations');
    expect(facts.others).toEqual([{ tool: 'supabase', directory: 'apps/one/supabase/migrations', files: 1 }]);
  });

  test('Supabase: what the CLI skips', async () => {
    const facts = await migrations({
      'supabase/migrations/20240101000000_a.sql': 'select 1;',
      'supabase/migrations/notes.sql': 'select 1;',
      'supabase/migrations/more/20240102000000_b.sql': 'select 1;',
    });
    expect(facts.skipped).toEqual([
      { path: 'supabase/migrations/notes.sql', reason: 'name' },
      { path: 'supabase/migrations/more/20240102000000_b.sql', reason: 'nested' },
    ]);
  });

  test('Drizzle: the journal’s order and times, side files, missing files, and its folders of version 1', async () => {
    const facts = await migrations({
      'db/meta/_journal.json': journal([
        { idx: 1, tag: '0001_b', when: 200 },
        { idx: 0, tag: '0000_a', when: 100 },
        { idx: 2, tag: '0002_gone', when: 300 },
      ]),
      'db/0000_a.sql': 'create table a (id int)\n--> statement-breakpoint\ncreate table b (id int)',
      'db/0001_b.sql': 'select 1;',
      'db/policies.sql': 'select 1;',
    });
    expect(facts.files.map(({ version, when, statements }) => [version, when, statements])).toEqual([
      ['0000_a', 100, 2],
      ['0001_b', 200, 1],
    ]);
    expect(facts.skipped).toEqual([{ path: 'db/policies.sql', reason: 'journal' }]);
    expect(facts.missing).toEqual(['0002_gone']);

    const one = await migrations({
      'drizzle/20250101120000_first/migration.sql': 'select 1;',
      'drizzle/20250101120000_first/snapshot.json': '{}',
    });
    expect(one).toMatchObject({ tool: 'drizzle', files: [{ when: Date.UTC(2025, 0, 1, 12) }] });
  });

  test('Drizzle that writes for the Supabase CLI is the CLI’s', async () => {
    const facts = await migrations({
      'supabase/migrations/meta/_journal.json': journal([{ idx: 0, tag: '20250101000000_a', when: 1 }]),
      'supabase/migrations/20250101000000_a.sql': 'select 1;',
      'supabase/migrations/20250102000000_by_hand.sql': 'select 1;',
    });
    expect(facts).toMatchObject({ tool: 'supabase', skipped: [] });
    expect(facts.files).toHaveLength(2);
  });

  test('plain folders: by number, down scripts beside or in the file', async () => {
    const facts = await migrations({
      'db/migrations/2_b.up.sql': 'select 1;',
      'db/migrations/2_b.down.sql': 'select 2;',
      'db/migrations/10_c.up.sql': 'select 1;',
      'db/migrations/1_a.up.sql': '-- Rollback: drop it\nselect 1;',
    });
    expect(facts.files.map(({ version, down, wayBackNoted }) => [version, down, wayBackNoted])).toEqual([
      ['1', null, true],
      ['2', 'db/migrations/2_b.down.sql', false],
      ['10', null, false],
    ]);
    const both = await migrations({
      'db/migrations/001_a.sql': '-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table a;\n',
    });
    expect(both).toMatchObject({
      tool: 'sql',
      destructive: [],
      files: [{ statements: 1, down: 'db/migrations/001_a.sql' }],
    });
  });

  test('declared schemas: config.toml’s order, stars that stop at a folder, patterns without a file', async () => {
    const facts = await migrations({
      'supabase/config.toml':
        '[db.migrations]\nschema_paths = ["./schemas/z.sql", "./schemas/**/*.sql", "./schemas/none.sql"]\n',
      'supabase/schemas/a.sql': '',
      'supabase/schemas/z.sql': '',
      'supabase/schemas/sub/b.sql': '',
      'supabase/schemas/sub/deep/c.sql': '',
    });
    expect(facts.declared).toEqual({
      source: 'schema_paths',
      paths: ['supabase/schemas/z.sql', 'supabase/schemas/sub/b.sql'],
      empty: ['./schemas/none.sql'],
    });
  });

  test('hostile: empty, CRLF, BOM, no SQL at all, 5,000 files', async () => {
    const folder = 'supabase/migrations';
    const facts = await migrations({
      [`${folder}/1_empty.sql`]: '',
      [`${folder}/2_crlf.sql`]: '\ufeffcreate table a (id int);\r\ncreate table b (id int);\r\n',
      [`${folder}/3_broken.sql`]: 'create tabel x;',
    });
    expect(facts.files.map(({ statements, error }) => [statements, error?.split(':')[0] ?? null])).toEqual([
      [0, null],
      [2, null],
      [0, 'line 1'],
    ]);
    expect(facts.files[1]?.otherNewlinesSha256).toMatch(/^[0-9a-f]{64}$/);
    const many: Record<string, string> = {};
    for (let n = 0; n < 5000; n++) many[`${folder}/${20000101000000 + n}_m.sql`] = `create table t${n} (id int);`;
    const started = performance.now();
    expect(paths(await migrations(many))).toHaveLength(5000);
    expect(performance.now() - started).toBeLessThan(60_000);
  });
});

test('both ways in one file keep their lines', () => {
  const script = '-- +goose NO TRANSACTION\n-- +goose Up\ncreate table a ();\n-- +goose Down\ndrop table a;\n';
  expect(sectionOf(script, 'up')).toEqual({ text: '\n\ncreate table a ();\n\n\n', transaction: false });
  expect(sectionOf(script, 'down')?.text).toBe('\n\n\n\ndrop table a;\n');
  expect(sectionOf('select 1', 'down')).toBeNull();
});

test('the digest of tokens sees content, not layout', async () => {
  await loadSqlParser();
  const one = tokensDigest("create table a (id int, b text default 'x -- y');");
  expect(tokensDigest("-- why\ncreate table a (\n  id int, /* key */ b text default 'x -- y')\n")).toBe(one);
  expect(tokensDigest("create table a (id int, b text default 'x --  y')")).not.toBe(one);
});
