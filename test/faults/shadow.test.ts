import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Collected, Facts } from '../../src/core/facts.ts';
import { FACT_SOURCES } from '../../src/core/facts.ts';
import { collectShadow } from '../../src/facts/shadow/collect.ts';
import { prepareFromMigrations } from '../../src/facts/shadow/from-migrations.ts';

/*
 * One history with everything in it that is large, goes round or never ends: every facet of the shadow comes of it all the same, and
 * names what it could not try.
 */
const WIDE = Array.from({ length: 1594 }, (_, at) => `c${at} text`).join(', ');
const HISTORY = {
  '20240101000000_wide.sql': `create table public.wide (id uuid primary key default gen_random_uuid(), owner uuid not null default auth.uid() references auth.users, ${WIDE}, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
alter table public.wide enable row level security;
create policy own on public.wide to authenticated using (owner = auth.uid()) with check (owner = auth.uid());
alter table public.wide alter column c7 set default 'x', alter column c8 set not null;`,
  '20240102000000_cycle.sql': `create table public.egg (id int primary key, hen int not null, updated_at timestamptz default now());
create table public.hen (id int primary key, egg int not null references public.egg on delete cascade, updated_at timestamptz default now());
alter table public.egg add constraint egg_hen foreign key (hen) references public.hen on delete cascade deferrable initially deferred;`,
  '20240103000000_broken.sql': 'create table public.never (id int);\ncreate tabel public.gone (id int);',
  '20240104000000_endless.sql': `create function public.forever() returns int language plpgsql as $$ begin loop perform 1; end loop; return 1; end $$;
create function public.stamp() returns trigger language plpgsql as $$ begin new.updated_at := now() + make_interval(secs => public.forever()); return new; end $$;
create table public.slow (id int primary key, body text, updated_at timestamptz default now());
create trigger stamp before update on public.slow for each row execute function public.stamp();`,
};

let root: string;
let facts: Collected;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'supaready-hard-'));
  mkdirSync(join(root, 'supabase/migrations'), { recursive: true });
  for (const [name, sql] of Object.entries(HISTORY)) writeFileSync(join(root, 'supabase/migrations', name), sql);
  facts = await collectShadow({
    names: FACT_SOURCES.shadow,
    root,
    besideLive: true,
    open: () => prepareFromMigrations({ root, keepGoing: true }),
    closeAfter: true,
  });
}, 240_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

function factOf<N extends keyof Facts>(name: N): Facts[N] {
  const fact = facts[name as keyof Collected];
  if (fact?.status !== 'ok') throw new Error(`${name}: ${JSON.stringify(fact)}`);
  return fact.value as Facts[N];
}

describe('a history of the worst', () => {
  test('leaves no facet without a value or a reason', () => {
    const missing = FACT_SOURCES.shadow.filter((name) => facts[name] === undefined);
    expect(missing).toEqual([]);
    for (const name of FACT_SOURCES.shadow) {
      const fact = facts[name];
      if (fact && fact.status !== 'ok') expect([name, fact.reason]).toEqual([name, expect.stringMatching(/./)]);
    }
  });

  test('the file that does not parse is named, and those behind it are tried', () => {
    const replay = factOf('replay');
    expect(replay?.failures).toMatchObject([
      { path: 'supabase/migrations/20240103000000_broken.sql', line: 2, sqlstate: '42601' },
    ]);
    expect(replay?.applied).toBe(3);
  });

  test('1,600 columns are all read', () => {
    const { columns } = factOf('shadowCatalogue');
    expect(columns.filter(({ relation }) => relation === 'wide')).toHaveLength(1598);
  });

  test('what goes round and what never ends is named with its reason', () => {
    const probed = new Map(factOf('timestampProbe').map((row) => [row.table, row]));
    expect(probed.get('wide')).toMatchObject({ reason: null, moved: [] });
    expect(probed.get('slow')?.reason).toMatch(/did not end in time \(57014\)/);
    expect(probed.get('slow')?.moved).toEqual([]);
    // A deferrable key lets the first row of a ring be written, whichever table one begins with.
    for (const table of ['egg', 'hen'])
      expect([table, probed.get(table)?.reason]).toEqual([table, 'it has no column but keys and times to change']);
  });
});
