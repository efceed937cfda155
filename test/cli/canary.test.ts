import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
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
