import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { generatedFiles } from '../../src/commands/docs.ts';
import { type AccessContract, accessContractSchema } from '../../src/core/access-contract.ts';
import { checklist } from '../../src/steps/checklist.ts';
import { runCli, temporaryFolder } from '../helpers/cli.ts';
import { freshDatabase } from '../helpers/database.ts';

const NOTES = `
create table public.notes (id bigint generated always as identity primary key, user_id uuid not null references auth.users, body text);
alter table public.notes enable row level security;
grant select, insert on public.notes to authenticated;
create policy "read own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
create policy "write own" on public.notes for insert to authenticated with check (user_id = (select auth.uid()));
`;

/** How many cases a contract has. */
function contractCases({ tables }: AccessContract): number {
  return Object.values(tables)
    .flatMap(({ access }) => Object.values(access).flatMap((commands) => Object.values(commands)))
    .reduce((sum, rows) => sum + Object.keys(rows).length, 0);
}

async function tap(script: string, schema: string): Promise<{ planned: number; failed: string[] }> {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  await database.sql(schema);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const results = (await client.query(script)) as unknown as pg.QueryResult<Record<string, string>>[];
    const lines = results.flatMap(({ rows }) => rows.flatMap((row) => Object.values(row)));
    return {
      planned: Number(lines.find((line) => line.startsWith('1..'))?.slice(3)),
      failed: lines.filter((line) => line.startsWith('not ok')),
    };
  } finally {
    await client.end();
  }
}

test('the contract is proposed, approved as a file, and every deviation from it is named', {
  timeout: 180_000,
}, async () => {
  const root = temporaryFolder();
  const migrate = (at: number, sql: string) =>
    writeFileSync(join(root, `supabase/migrations/2026010${at}000000_x.sql`), sql);
  mkdirSync(join(root, 'supabase/migrations'), { recursive: true });
  migrate(1, NOTES);
  const access = (...args: string[]) => runCli(['access', '--repo', root, ...args]);

  const missing = await access();
  expect({ code: missing.code, stdout: missing.stdout }).toEqual({ code: 2, stdout: '' });
  expect(missing.stderr).toMatch(/there is no supaready\.access\.json/);

  const proposed = await access('--propose');
  expect(proposed.code).toBe(0);
  const contract = JSON.parse(proposed.stdout) as AccessContract;
  expect(accessContractSchema().parse(contract)).toEqual(contract);
  const published = generatedFiles(checklist).get('schemas/access.schema.json') ?? '';
  expect(new Ajv2020({ strict: false }).validate(JSON.parse(published), contract)).toBe(true);
  expect(contract.tables['public.notes']?.owner).toBe('user_id');
  expect(contract.tables['public.notes']?.access.A).toEqual({
    select: { own: 'allow', foreign: 'deny' },
    insert: { own: 'allow', foreign: 'deny', 'forged-owner': 'deny' },
    update: { own: 'deny', foreign: 'deny', 'forged-owner': 'deny' },
    delete: { own: 'deny', foreign: 'deny' },
  });

  expect((await access('--write')).code).toBe(0);
  expect(JSON.parse(readFileSync(join(root, 'supaready.access.json'), 'utf8'))).toEqual(contract);
  expect(await access()).toMatchObject({ code: 0, stdout: '' });

  const pgtap = await access('--pgtap');
  expect(pgtap.code).toBe(0);
  // pgTAP is not installed here: its functions, as far as the file uses them, with its words for a result.
  const script = pgtap.stdout.replace(
    'create extension if not exists pgtap with schema extensions;',
    () => `create function public.plan(n int) returns text language sql as $$ select '1..' || n $$;
     create function public.is(a text, b text, title text) returns text language sql as $$ select case when a = b then 'ok ' else 'not ok ' end || title $$;
     create function public.finish() returns setof text language sql as $$ select ''::text where false $$;`,
  );
  expect(await tap(script, NOTES)).toEqual({ planned: contractCases(contract), failed: [] });
  expect((await tap(script, NOTES.replace('user_id = (select auth.uid())', 'true'))).failed).toContain(
    'not ok A: select foreign row of public.notes is denied',
  );

  migrate(
    2,
    'create policy "all" on public.notes for select to authenticated using (true); drop policy "write own" on public.notes;',
  );
  const changed = await access();
  expect(changed.code).toBe(1);
  expect(changed.stdout).toContain('public.notes  A  select foreign: expected deny, observed allowed');
  expect(changed.stdout).toContain('public.notes  C  insert own: expected allow, observed denied');
  expect(changed.stdout).not.toContain('  anon  ');

  // What is suggested mends it.
  const suggested = await access('--suggest', 'notes');
  expect(suggested.code).toBe(0);
  migrate(3, suggested.stdout);
  expect(await access()).toMatchObject({ code: 0, stdout: '' });
  const nothing = await access('--suggest', 'private.letters');
  expect({ code: nothing.code, stdout: nothing.stdout }).toEqual({ code: 1, stdout: '' });
  expect(nothing.stderr).toContain('nothing to suggest for private.letters: it was not tried');
});
