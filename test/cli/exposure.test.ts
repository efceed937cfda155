import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli, temporaryFolder } from '../helpers/cli.ts';
import { freshDatabase } from '../helpers/database.ts';

const TABLE = `create table public.oauth_tokens (id int primary key, token text);
grant select on public.oauth_tokens to authenticated;`;
const USER = 'any signed-in user can read every row of public.oauth_tokens; cannot insert, change or delete: ';

/** A repository with one migration, by the day it was written. */
function repository(day: string): string {
  const repo = temporaryFolder();
  mkdirSync(join(repo, 'supabase/migrations'), { recursive: true });
  writeFileSync(join(repo, 'supabase/config.toml'), '');
  writeFileSync(join(repo, `supabase/migrations/${day}000000_tokens.sql`), TABLE);
  return repo;
}

test('who reaches what is said under the default grants of each migration’s day, and nothing is tried', async () => {
  const exposure = ['access', '--exposure', '--from-migrations', '--repo'];
  const old = await runCli([...exposure, repository('20240101')]);
  expect(old.code).toBe(0);
  expect(old.stdout.split('\n').slice(0, 3)).toEqual([
    'public.oauth_tokens (table)',
    '  anyone with the publishable key can read, change and delete every row and insert any row of public.oauth_tokens',
    '  any signed-in user can read, change and delete every row and insert any row of public.oauth_tokens',
  ]);
  const young = await runCli([...exposure, repository('20261115'), '--format', 'json']);
  const { schema, exposure: found } = JSON.parse(young.stdout);
  expect(schema).toBe('supaready.exposure/v1');
  expect(found[0].roles.map(({ sentence }: { sentence: string }) => sentence)).toEqual([
    'anyone with the publishable key cannot reach public.oauth_tokens: anon has no privilege on it',
    `${USER}authenticated has no INSERT, UPDATE or DELETE privilege`,
    'whoever holds a secret key cannot reach public.oauth_tokens: service_role has no privilege on it',
  ]);
});

test('of a live database, and in the report', async () => {
  const live = await freshDatabase();
  onTestFinished(() => live.drop());
  await live.sql(`${TABLE} revoke all on public.oauth_tokens from anon;
    revoke insert, update, delete on public.oauth_tokens from authenticated;`);
  const said = `${USER}authenticated has no INSERT, UPDATE or DELETE privilege`;
  const direct = await runCli(['access', '--exposure', '--db-url', live.url]);
  expect(direct.stdout).toContain(`  ${said}\n`);
  const report = await runCli([
    'check',
    '4.1',
    '4.2',
    '4.3',
    '--db-url',
    live.url,
    '--format',
    'markdown',
    '--no-save',
  ]);
  expect(report.stdout).toContain('## Who reaches what');
  expect(report.stdout).toContain(said.replaceAll('_', '\\_'));
});
