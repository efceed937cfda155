import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'function-search-path-mutable',
  silent: `
create table public.notes (id int primary key);
create function public.fixed() returns bigint language sql security definer set search_path = '' as $$ select count(*) from public.notes $$;
create function public.add(a int, b int) returns int language sql immutable set search_path = '' as $$ select a + b $$;
create aggregate public.total(int) (sfunc = int4pl, stype = int);
`,
  defect: `
create function public.loose() returns bigint language sql security definer as $$ select count(*) from notes $$;
create function public.twice(n int) returns int language sql immutable as $$ select n * 2 $$;
create procedure public.tidy(days int) language plpgsql security definer as $$ begin delete from public.notes where id < days; end $$;
`,
  expect: [
    { object: 'public.loose()', severity: 'high' },
    { object: 'public.tidy(IN days integer)', severity: 'high' },
    { object: 'public.twice(n integer)', severity: 'low' },
  ],
} satisfies CheckFixture;
