import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { API_USERS, USERS } from '../checks/4/api-users.ts';
import { PASSWORD, testApi } from '../helpers/api-server.ts';
import { expectNoLeak, filesUnder } from '../helpers/canaries.ts';
import { runCli, temporaryFolder } from '../helpers/cli.ts';
import { freshDatabase } from '../helpers/database.ts';

/* Values that stand in rows, put together from parts, so that no scanner of repositories takes this file for a leak. None is anybody's. */
const CANARIES = [
  '4539148803436467',
  '536-22-8726',
  'DE12500105170648489890',
  'canary.person@post.kade.nl',
  '+31612349876',
  `sk_${'live'}_51CanaryCanary1234567890`,
  `AKIA${'CANARY7QXZ2MNBVC'}`,
  'canary-words-in-a-note',
];

test('no value of a row is in journal, blobs, bundle, stdout or stderr, in any form', async () => {
  const database = await freshDatabase();
  const state = temporaryFolder();
  const out = temporaryFolder();
  const rows = CANARIES.map((value, at) => `(${at}, '${value}', '{"v": "${value}"}', array['${value}'])`).join(', ');
  await database.sql(`
    create table public.notes (id int primary key, body text, payload jsonb, tags text[]);
    alter table public.notes enable row level security;
    insert into public.notes values ${rows};
    create table public.plans (id serial primary key, name text);
    insert into public.plans values (1, 'canary-words-in-a-note');
    create table public.profiles (id uuid primary key references auth.users, role text, avatar_path text);
    -- as supabase_admin
    insert into auth.users (id, email, email_confirmed_at, raw_app_meta_data)
    values ('00000000-0000-0000-0000-000000000001', 'canary.person@post.kade.nl', now(), '{"role": "admin"}');
    insert into public.profiles values ('00000000-0000-0000-0000-000000000001', 'admin', 'canary-words-in-a-note');
  `);
  try {
    const common = ['--db-url', database.url, '--state-dir', state];
    const said: string[] = [];
    for (const format of ['json', 'markdown', 'table']) {
      const { stdout, stderr } = await runCli(['check', ...common, '--format', format], { cwd: state });
      said.push(stdout, stderr);
    }
    // It saw them: else silence would prove nothing.
    expect(said[0]).toContain('"pii-patterns"');
    expect(said[0]).toContain('payment card numbers');
    expect(said[0]).toContain('Stripe secret keys');
    const bundle = await runCli(['bundle', ...common, '--out', out], { cwd: state });
    said.push(bundle.stdout, bundle.stderr);
    for (const file of filesUnder(out).filter((path) => path.endsWith('.tar')))
      execFileSync('tar', ['-xf', file, '-C', out]);
    expect(filesUnder(state).length + filesUnder(out).length).toBeGreaterThan(15);
    expectNoLeak(CANARIES, Object.fromEntries(said.map((text, at) => [`output ${at}`, text])), [state, out]);
  } finally {
    await database.drop();
  }
}, 240_000);

test('nor any key, token, password or test user of the API that is asked, whether it answers or not', async () => {
  const state = temporaryFolder();
  const out = temporaryFolder();
  const repo = temporaryFolder();
  const schema = `
    create table public.notes (id int primary key, user_id uuid not null references auth.users, body text);
    alter table public.notes enable row level security;
    create policy "own" on public.notes for all to authenticated using (user_id = (select auth.uid()));
    create table public.letters (id int primary key, user_id uuid not null references auth.users, body text);`;
  mkdirSync(join(repo, 'supabase/migrations'), { recursive: true });
  writeFileSync(join(repo, 'supabase/migrations/20260101000000_all.sql'), schema);
  writeFileSync(join(repo, 'supabase/config.toml'), '[api]\nschemas = ["public"]\n');
  const api = await testApi(`${schema}${API_USERS}
    insert into public.notes select row_number() over (), id, 'canary-words-in-a-note' from auth.users;
    insert into public.letters select row_number() over (), id, 'canary-words-in-a-note' from auth.users;`);
  onTestFinished(() => api.stop());
  const config = {
    project: 'canary',
    environments: {
      staging: {
        kind: 'staging',
        database: 'env:CANARY_DB',
        api: {
          url: api.url,
          publishableKey: 'env:CANARY_PUBLISHABLE',
          secretKey: 'env:CANARY_SECRET',
          testUsers: USERS.map((_, at) => ({ email: `env:CANARY_USER_${at}`, password: 'env:CANARY_PASSWORD' })),
        },
      },
    },
  };
  writeFileSync(join(repo, 'supaready.config.json'), JSON.stringify(config));
  const env = {
    CANARY_DB: api.database.url,
    CANARY_PUBLISHABLE: api.publishableKey,
    CANARY_SECRET: api.secretKey,
    CANARY_PASSWORD: PASSWORD,
    ...Object.fromEntries(USERS.map((email, at) => [`CANARY_USER_${at}`, email])),
    SUPAREADY_BY: 'Ada <ada@harbor.shop>',
  };
  const common = ['--repo', repo, '--state-dir', state];
  const selected = ['anon-probe', 'anon-surface-diff', 'rls-http', 'jwt-claims'];
  const said: string[] = [];
  const check = async (more: readonly string[], change: Record<string, string> = {}) => {
    const { stdout, stderr } = await runCli(['check', ...selected, ...common, '--format', 'json', ...more], {
      cwd: repo,
      env: { ...env, ...change },
    });
    said.push(stdout, stderr);
    return JSON.parse(stdout) as { checkpoints: { checks: { id: string; status: string; reason: string }[] }[] };
  };
  const statuses = (report: Awaited<ReturnType<typeof check>>) =>
    Object.fromEntries(
      report.checkpoints
        .flatMap(({ checks }) => checks)
        .filter(({ id }) => selected.includes(id))
        .map(({ id, status }) => [id, status]),
    );
  // It asked, and found: else silence would prove nothing.
  expect(statuses(await check(['--allow-probe', 'rls-http']))).toEqual({
    'anon-surface-diff': 'pass',
    'anon-probe': 'fail',
    'rls-http': 'pass',
    'jwt-claims': 'pass',
  });
  const bundle = await runCli(['bundle', ...common, '--out', out], { cwd: repo, env });
  said.push(bundle.stdout, bundle.stderr);
  for (const file of filesUnder(out).filter((path) => path.endsWith('.tar')))
    execFileSync('tar', ['-xf', file, '-C', out]);
  const wrong = 'wrong-password-canary-5d';
  expect(statuses(await check([], { CANARY_PASSWORD: wrong }))).toMatchObject({
    'rls-http': 'error',
    'jwt-claims': 'error',
  });
  const unknownKey = 'sb_publishable_canary_unknown_0123456789';
  expect(statuses(await check([], { CANARY_PUBLISHABLE: unknownKey }))).toMatchObject({ 'anon-probe': 'error' });
  expect(filesUnder(state).length + filesUnder(out).length).toBeGreaterThan(15);
  const canaries = [
    api.publishableKey,
    api.secretKey,
    api.jwtSecret,
    PASSWORD,
    wrong,
    unknownKey,
    ...USERS,
    'canary-words-in-a-note',
  ];
  // A token: its header is the same for all of the server.
  canaries.push(Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url'));
  expectNoLeak(canaries, Object.fromEntries(said.map((text, at) => [`output ${at}`, text])), [state, out]);
}, 300_000);
