import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../src/commands/docs.ts';
import { type AccessContract, accessContractSchema } from '../../src/core/access-contract.ts';
import { checklist } from '../../src/steps/checklist.ts';
import { runCli, temporaryFolder } from '../helpers/cli.ts';

const NOTES = `
create table public.notes (id bigint generated always as identity primary key, user_id uuid not null references auth.users, body text);
alter table public.notes enable row level security;
grant select, insert on public.notes to authenticated;
create policy "read own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
create policy "write own" on public.notes for insert to authenticated with check (user_id = (select auth.uid()));
`;

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

  migrate(
    2,
    'create policy "all" on public.notes for select to authenticated using (true); drop policy "write own" on public.notes;',
  );
  const changed = await access();
  expect(changed.code).toBe(1);
  expect(changed.stdout).toContain('public.notes  A  select foreign: expected deny, observed allowed');
  expect(changed.stdout).toContain('public.notes  C  insert own: expected allow, observed denied');
  expect(changed.stdout).not.toContain('  anon  ');
});
