import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { FactName, Facts } from '../../src/core/facts.ts';
import { collectShadow } from '../../src/facts/shadow/collect.ts';
import { prepareFromMigrations } from '../../src/facts/shadow/from-migrations.ts';
import { replayMigrations } from '../../src/facts/shadow/replay.ts';
import type { Files } from '../checks/fixture.ts';
import { freshDatabase, testServer } from '../helpers/database.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function repository(files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'supaready-repeat-'));
  cleanups.push(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text ?? '');
  }
  return root;
}

async function facet<N extends FactName>(files: Files, name: N): Promise<Facts[N]> {
  const root = repository(files);
  const facts = await collectShadow({
    names: [name],
    root,
    besideLive: true,
    open: () => prepareFromMigrations({ root, keepGoing: true }),
    closeAfter: true,
  });
  const fact = facts[name];
  if (fact?.status !== 'ok') throw new Error(JSON.stringify(fact));
  return fact.value as Facts[N];
}

async function replay(files: Files, statementTimeoutMs = 60_000) {
  const name = `repeat_${Math.random().toString(36).slice(2)}`;
  const database = await freshDatabase(name);
  cleanups.push(() => database.drop());
  return replayMigrations({
    server: testServer(),
    database: name,
    root: repository(files),
    keepGoing: true,
    statementTimeoutMs,
  });
}

const FOLDER = 'supabase/migrations';

describe('what comes of a second run', () => {
  test('names made of chance differ, rows and defaults do not; roles of the first run are not in the way', async () => {
    const { differences, failures, total } = await facet(
      {
        [`${FOLDER}/1_a.sql`]: `create role nightly; create table kept (id uuid default gen_random_uuid(), at timestamptz default now());
          insert into kept default values; select cron_free from (select 1 as cron_free) x;`,
        [`${FOLDER}/2_b.sql`]: `do $$ begin execute format('create index idx_%s on kept (id)', floor(random() * 1e15)::bigint); end $$;`,
      },
      'replayTwice',
    );
    expect(failures).toEqual([]);
    expect(total).toBe(2);
    expect(differences.map(({ kind, table, where }) => [kind, table, where])).toEqual([
      ['index', 'kept', expect.any(String)],
      ['index', 'kept', expect.any(String)],
    ]);
  }, 180_000);

  test('down scripts: from the latest back, until one has none', async () => {
    const value = await facet(
      {
        'db/migrations/001_a.sql': 'create table a (id int);',
        'db/migrations/002_b.sql': '-- migrate:up\ncreate table b (id int);\n-- migrate:down\ndrop table b;\n',
        'db/migrations/003_c.sql':
          '-- migrate:up\ncreate table c (id int); create index on b (id);\n-- migrate:down\ndrop table c;\n',
      },
      'downScripts',
    );
    expect(value?.judged.map(({ path }) => path)).toEqual(['db/migrations/003_c.sql']);
    expect(value?.unequal).toMatchObject([
      { path: 'db/migrations/003_c.sql', total: 1, differences: [{ kind: 'index' }] },
    ]);
    expect(value?.untried).toEqual([
      { path: 'db/migrations/002_b.sql', reason: '003_c.sql, a later one, is not undone as a whole' },
    ]);
  }, 180_000);
});

describe('hostile files', () => {
  test('psql’s own commands, and rows after COPY, are said where no psql runs the file', async () => {
    const { failures } = await replay({
      [`${FOLDER}/1_meta.sql`]: 'create table a (id int);\n\\connect other\nselect 1;',
      [`${FOLDER}/2_copy.sql`]: 'create table c (id int);\n\ncopy c (id) from stdin;\n1\n2\n\\.\nselect 1;',
    });
    expect(failures).toMatchObject([
      {
        path: `${FOLDER}/1_meta.sql`,
        line: 2,
        sqlstate: '42601',
        hint: expect.stringContaining('\\connect is a command of psql'),
      },
      { path: `${FOLDER}/2_copy.sql`, line: 3, sqlstate: '0A000', hint: expect.stringContaining('INSERT') },
    ]);
  });

  test('a folder for psql: harmless commands are passed over, rows are sent, files are not included', async () => {
    const good = await replay({
      'db/migrations/1_a.sql':
        '\\restrict abc\n\\set ON_ERROR_STOP on\ncreate table c (id int, t text);\ncopy c from stdin;\n1\ta; b\n2\t\\N\n\\.\nselect 1 / (count(*) - 1) from c;',
    });
    expect(good.failures).toEqual([]);
    const bad = await replay({ 'db/migrations/1_a.sql': 'select 1;\n\\i other.sql\n' });
    expect(bad.failures).toMatchObject([{ line: 2, sqlstate: '0A000' }]);
  });

  test('endless, self-ending and nested: each a failure of its own file, the next file has a session like new', async () => {
    const { failures, applied } = await replay(
      {
        [`${FOLDER}/1_endless.sql`]: 'select 1;\nselect pg_sleep(600);',
        [`${FOLDER}/2_ends.sql`]: 'discard all;\nalter role postgres superuser;',
        [`${FOLDER}/3_role.sql`]:
          'reset session authorization;\ncreate table owned (id int);\nalter system set work_mem = 1;',
        [`${FOLDER}/4_ok.sql`]: '\ufeffcreate table fine (id int);\r\n',
        [`${FOLDER}/5_empty.sql`]: '',
        [`${FOLDER}/6_utf16.sql`]: Buffer.from('\ufeffselect 1;', 'utf16le').toString('latin1'),
      },
      1500,
    );
    expect(failures.map(({ path, line, sqlstate }) => [path.slice(FOLDER.length + 1), line, sqlstate])).toEqual([
      ['1_endless.sql', 2, '57014'],
      ['2_ends.sql', 2, '42501'],
      ['3_role.sql', 3, '42501'],
      ['6_utf16.sql', 1, '22021'],
    ]);
    expect(failures.at(-1)?.hint).toBe('Save the file as UTF-8');
    expect(applied.map(({ path }) => path)).toEqual([`${FOLDER}/4_ok.sql`, `${FOLDER}/5_empty.sql`]);
  });

  test('50 MB in one file', async () => {
    const rows = `insert into big values (1, 'some text; with a semicolon and more of it, so that it fills a line');\n`;
    const script = `create table big (id int, t text);\n${`insert into big values ${"(1, 'x;y'),".repeat(5000)}(2, 'z');\n`.repeat(900)}${rows}`;
    expect(script.length).toBeGreaterThan(45_000_000);
    const { failures, applied } = await replay({ [`${FOLDER}/1_big.sql`]: script });
    expect(failures).toEqual([]);
    expect(applied).toMatchObject([{ statements: 902 }]);
  }, 240_000);
});
