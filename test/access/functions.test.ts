import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { loadSqlParser } from '../../src/core/sql.ts';
import { probeAccess } from '../../src/facts/shadow/access/probe.ts';
import { testServer } from '../helpers/database.ts';
import { contextOn } from '../helpers/shadow-context.ts';

beforeAll(loadSqlParser);

const SCHEMA = `
create table public.notes (id int generated always as identity primary key, user_id uuid not null references auth.users, body text);
alter table public.notes enable row level security;
create policy "own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
create table public.calls (at timestamptz);
create function public.all_notes() returns setof public.notes language sql stable security definer set search_path = '' as $$ select * from public.notes $$;
create function public.my_notes(newest boolean default true) returns setof public.notes language sql stable set search_path = '' as $$ select * from public.notes $$;
create function public.staff_notes() returns setof public.notes language sql stable security definer set search_path = '' as $$ select * from public.notes $$;
revoke execute on function public.staff_notes() from public, anon, authenticated;
create function public.by_id(wanted int) returns setof public.notes language sql stable as $$ select * from public.notes where id = wanted $$;
create function public.counting() returns setof public.notes language sql volatile security definer set search_path = '' as $$
  insert into public.calls values (now()); select * from public.notes
$$;
create function public.claims_to_be_stable() returns setof public.notes language plpgsql stable security definer set search_path = '' as $$
begin insert into public.calls values (now()); return query select * from public.notes; end $$;
create function public.how_many() returns bigint language sql stable as $$ select count(*) from public.notes $$;
`;

test('functions that return rows and cannot write are called, as everybody, and whose rows came back is told', async () => {
  const name = `functions_${process.pid}`;
  const context = await contextOn(testServer(), name, SCHEMA);
  onTestFinished(() => testServer().dropDatabase(name));
  const { functions } = await probeAccess(context);
  const seen = Object.fromEntries(
    functions.map(({ name: fn, cells }) => [
      fn,
      cells
        .filter(({ outcome }) => outcome !== 'filtered')
        .flatMap(({ row, outcome, sqlstate, personas }) =>
          personas
            .filter((persona) => ['anon', 'A', 'service_role'].includes(persona))
            .map((persona) => `${persona} ${row} ${outcome}${sqlstate ? ` ${sqlstate}` : ''}`),
        )
        .sort(),
    ]),
  );
  expect(seen).toEqual({
    all_notes: [
      'A foreign allowed',
      'A own allowed',
      'anon foreign allowed',
      'service_role foreign allowed',
      'service_role own allowed',
    ],
    my_notes: ['A own allowed', 'service_role foreign allowed', 'service_role own allowed'],
    staff_notes: [
      'A foreign denied 42501',
      'A own denied 42501',
      'anon foreign denied 42501',
      'service_role foreign allowed',
      'service_role own allowed',
    ],
    // An argument is needed, it may write, or it returns no rows of a table: not called.
    by_id: [],
    counting: [],
    how_many: [],
    // PostgreSQL refuses the write (feature_not_supported).
    claims_to_be_stable: [
      'A foreign error 0A000',
      'A own error 0A000',
      'anon foreign error 0A000',
      'service_role foreign error 0A000',
      'service_role own error 0A000',
    ],
  });
});
