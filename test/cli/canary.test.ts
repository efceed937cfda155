import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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

/** The forms a value can hide in. */
function forms(value: string): string[] {
  const bytes = Buffer.from(value);
  return [
    value,
    // Whatever stands before it, one of three alignments shows in base64; the first and last characters depend on the neighbours.
    ...[0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .slice(shift + 1, -4),
    ),
    bytes.toString('hex'),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    JSON.stringify(JSON.stringify(value)).slice(3, -3),
    [...value].reverse().join(''),
  ];
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

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
    const places: [string, Buffer][] = [
      ...said.map((text, at): [string, Buffer] => [`output ${at}`, Buffer.from(text)]),
      ...[...filesUnder(state), ...filesUnder(out)].map((path): [string, Buffer] => [path, readFileSync(path)]),
    ];
    expect(places.length).toBeGreaterThan(20);
    const leaks = places.flatMap(([place, bytes]) => {
      const text = bytes.toString('latin1');
      return CANARIES.flatMap((value) =>
        forms(value)
          .filter((form) => text.includes(form))
          .map((form) => `${place}: ${form}`),
      );
    });
    expect(leaks).toEqual([]);
  } finally {
    await database.drop();
  }
}, 240_000);
