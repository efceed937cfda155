import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSqlParser } from '../../src/core/sql.ts';
import type { ShadowContext } from '../../src/facts/shadow/collect.ts';
import { probeErasure } from '../../src/facts/shadow/erasure-probe.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';
import { probeSignUp } from '../../src/facts/shadow/signup-probe.ts';
import { probeTimestamps } from '../../src/facts/shadow/timestamp-probe.ts';
import { debianPostgres15 } from '../helpers/database.ts';
import { contextOn } from '../helpers/shadow-context.ts';

const TIMES = `
  create function public.touch() returns trigger language plpgsql as 'begin new.updated_at := now(); return new; end';
  create table public.moves (id int primary key, body text, created_at timestamptz not null default now(), updated_at timestamptz not null default now());
  create trigger touch before update on public.moves for each row execute function public.touch();
  create table public.stays (id int primary key, body text, created_at timestamptz default now(), updated_at timestamptz default now());
  create table public.conditional (id int primary key, body text, updated_at timestamptz default now());
  create trigger touch before update on public.conditional for each row when (old.* is distinct from new.*) execute function public.touch();
  create table public.other_column (id int primary key, body text, title text, updated_at timestamptz default now());
  create trigger touch before update of title on public.other_column for each row execute function public.touch();
  create function public.wrong() returns trigger language plpgsql as 'begin new.updated_at := old.updated_at; return new; end';
  create table public.wrong (id int primary key, body text, updated_at timestamptz default now());
  create trigger wrong before update on public.wrong for each row execute function public.wrong();
  create function public.after_touch() returns trigger language plpgsql as 'begin update public.after_it set updated_at = now() where id = new.id and updated_at < now(); return null; end';
  create table public.after_it (id int primary key, body text, updated_at timestamptz default now());
  create trigger later after update on public.after_it for each row execute function public.after_touch();
  create table public.off (id int primary key, body text, updated_at timestamptz default now());
  create trigger touch before update on public.off for each row execute function public.touch();
  alter table public.off disable trigger touch;
  create table public.joined (a int references public.moves, b int references public.stays, created_at timestamptz default now(), updated_at timestamptz default now(), primary key (a, b));
  create trigger touch before update on public.joined for each row execute function public.touch();
  create table public.keyless (body text, updated_at timestamptz default now());
  create function public.endless() returns trigger language plpgsql as 'begin loop perform 1; end loop; end';
  create table public.endless (id int primary key, body text, updated_at timestamptz default now());
  create trigger endless before update on public.endless for each row execute function public.endless();
  create table public.egg (id int primary key, hen int not null, updated_at timestamptz default now());
  create table public.hen (id int primary key, egg int not null references public.egg, updated_at timestamptz default now());
  alter table public.egg add foreign key (hen) references public.hen;
  create table public.timeless (id int primary key, body text);
`;

const profile = (name: string, body: string, options = `security definer set search_path = ''`) => `
  create function public.${name}() returns trigger language plpgsql ${options} as $f$ begin ${body} return new; end $f$;
  create trigger ${name} after insert on auth.users for each row execute function public.${name}();`;
const PROFILES = 'create table public.profiles (id uuid primary key, name text not null, email text);';

describe.each(['17', '15'])('probes of a database of PostgreSQL %s', (major) => {
  let server: PostgresServer | null = null;
  let databases = 0;
  const on = (sql: string): Promise<ShadowContext> => {
    if (!server) throw new Error('no server');
    return contextOn(server, `probed_${++databases}`, sql);
  };
  beforeAll(async () => {
    await loadSqlParser();
    server =
      major === '15'
        ? await debianPostgres15()
        : await startServer({ directory: mkdtempSync(join(tmpdir(), 'supaready-probes-')), ephemeral: true });
  });
  afterAll(async () => server?.stop());

  test('which times an UPDATE moves', { timeout: 120_000 }, async ({ skip }) => {
    if (!server) skip();
    const probed = new Map((await probeTimestamps(await on(TIMES))).map((row) => [row.table, row]));
    const moved = (table: string) => probed.get(table)?.moved;
    for (const table of ['moves', 'conditional', 'other_column', 'after_it', 'joined'])
      expect([table, moved(table)]).toEqual([table, ['updated_at']]);
    for (const table of ['stays', 'wrong', 'off']) {
      expect([table, moved(table), probed.get(table)?.reason]).toEqual([table, [], null]);
      expect(probed.get(table)?.still).toContain('updated_at');
    }
    expect(probed.get('keyless')?.reason).toMatch(/no primary key/);
    expect(probed.get('endless')?.reason).toMatch(/did not end in time \(57014\)/);
    expect(probed.get('egg')?.reason).toMatch(/go round/);
    expect(probed.has('timeless')).toBe(false);
  });

  test.each([
    ['nothing of the project’s on auth.users', PROFILES, null],
    [
      'a careful trigger',
      `${PROFILES}${profile('ok', `insert into public.profiles values (new.id, coalesce(new.raw_user_meta_data ->> 'full_name', ''), new.email);`)}`,
      [],
    ],
    [
      'metadata taken for granted',
      `${PROFILES}${profile('named', `insert into public.profiles values (new.id, new.raw_user_meta_data ->> 'full_name', new.email);`)}`,
      [
        'email insert 23502',
        'empty metadata insert 23502',
        'phone insert 23502',
        'github insert 23502',
        'apple insert 23502',
        'anonymous insert 23502',
      ],
    ],
    [
      'an address taken for granted',
      `create table public.mails (mail text not null); ${profile('mails', 'insert into public.mails values (new.email);')}`,
      ['phone insert 23502', 'anonymous insert 23502'],
    ],
    [
      'not SECURITY DEFINER',
      `${PROFILES}${profile('invoker', `insert into public.profiles values (new.id, '', '');`, '')}`,
      'all insert 42501',
    ],
    [
      'a search_path of its own it has not',
      `${PROFILES}${profile('nowhere', `insert into profiles values (new.id, '', '');`, 'security definer')}`,
      'all insert 42P01',
    ],
    [
      'a column that is gone',
      `${PROFILES}${profile('gone', `insert into public.profiles (id, nick) values (new.id, '');`)}`,
      'all insert 42703',
    ],
    ['a loop without end', profile('endless', 'loop perform 1; end loop;'), 'all insert 57014'],
    [
      'a trigger on confirmation',
      `create function public.confirmed() returns trigger language plpgsql security definer as $f$ begin if new.email_confirmed_at is not null then perform 1 / 0; end if; return new; end $f$; create trigger confirmed after update on auth.users for each row execute function public.confirmed();`,
      [
        'email confirm 22012',
        'empty metadata confirm 22012',
        'google confirm 22012',
        'github confirm 22012',
        'apple confirm 22012',
      ],
    ],
    [
      'a deferred trigger',
      `create function public.late() returns trigger language plpgsql security definer as $f$ begin raise exception 'late'; end $f$; create constraint trigger late after insert on auth.users deferrable initially deferred for each row execute function public.late();`,
      'all commit P0001',
    ],
  ])('sign-ups with %s', { timeout: 120_000 }, async (_, sql, expected) => {
    if (!server) return;
    const probe = await probeSignUp(await on(sql));
    if (expected === null) {
      expect(probe).toBe(null);
      return;
    }
    const found = probe?.cases.map((row) => `${row.case} ${row.step} ${row.sqlstate}`) ?? [];
    expect(found).toEqual(
      typeof expected === 'string' ? probe?.tried.map((way) => expected.replace('all', way)) : expected,
    );
    expect(JSON.stringify(probe?.cases)).not.toMatch(/example\.test|00000000-5ead|newuser/);
  });

  test('what is left of a deleted user, and of one who deletes themselves', { timeout: 120_000 }, async ({ skip }) => {
    if (!server) skip();
    const schema = `
      create table public.notes (id int generated always as identity primary key, user_id uuid not null references auth.users on delete cascade, body text);
      create table public.hits (id int generated always as identity primary key, user_id uuid not null);
      create table public.orders (id int generated always as identity primary key, user_id uuid not null references auth.users);`;
    const plain = await probeErasure(await on(schema));
    expect(plain).toMatchObject({ way: 'admin', held: 3, untried: [] });
    expect(plain.refused).toEqual([
      {
        schema: 'public',
        table: 'orders',
        constraint: 'orders_user_id_fkey',
        column: null,
        sqlstate: '23503',
        by: null,
      },
    ]);
    expect(plain.left.map(({ table, columns }) => [table, columns])).toEqual([
      ['hits', [{ name: 'user_id', holds: 'id' }]],
      ['orders', [{ name: 'user_id', holds: 'id' }]],
    ]);
    const own = await probeErasure(
      await on(`${schema}
        create function public.delete_me() returns void language plpgsql security definer set search_path = '' as $f$
        begin
          delete from public.hits where user_id = auth.uid();
          delete from public.orders where user_id = auth.uid();
          delete from auth.users where id = auth.uid();
        end $f$;`),
    );
    expect(own).toEqual({ way: 'public.delete_me()', held: 3, refused: [], left: [], untried: [] });
    const refusing = await probeErasure(
      await on(`${schema}
        create function public.never() returns trigger language plpgsql as $f$ begin raise exception 'users are kept'; end $f$;
        create trigger never before delete on auth.users for each row execute function public.never();`),
    );
    expect(refusing.refused).toMatchObject([{ sqlstate: 'P0001', by: 'public.never' }]);
    expect(JSON.stringify([plain, own, refusing])).not.toMatch(/@example|5ead-4000|kept/);
  });
});
