import type { CheckFixture } from '../fixture.ts';

const SILENT = `
  create table public.notes (id int primary key, body text);
  create function public.count_notes() returns bigint language sql stable as $$ select count(*) from public.notes $$;
  create function public.makes() returns void language sql as $$ select 1 $$;
  create function public.touches() returns void language plpgsql as $$ begin update public.notes set body = ''; end $$;
  create function public.standard() returns bigint language sql begin atomic select count(*) from public.notes; end;
  set check_function_bodies = off;
  create function public.scratch() returns void language sql as $$ create temp table pad (i int); insert into pad values (1) $$;
  set check_function_bodies = on;
`;
const DEFECT = `
  create table public.gone (id int);
  alter table public.notes add column old text;
  create function public.of_gone() returns bigint language sql as $$ select count(*) from public.gone $$;
  create function public.of_column() returns text language sql as $$ select old from public.notes limit 1 $$;
  drop table public.gone;
  alter table public.notes drop column old;
`;
const FIXED = 'drop function public.of_gone(), public.of_column();';
const file = (at: number) => `supabase/migrations/2026010${at}000000_x.sql`;

export default {
  check: 'sql-fn-compiles',
  silent: SILENT,
  defect: DEFECT,
  expect: [
    { object: 'public.of_gone()', severity: 'blocker' },
    { object: 'public.of_column()', severity: 'blocker' },
  ],
  repair: FIXED,
  repo: { silent: { [file(1)]: SILENT }, defect: { [file(2)]: DEFECT }, fixed: { [file(3)]: FIXED } },
} satisfies CheckFixture;
