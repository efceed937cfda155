import type { CheckFixture } from '../fixture.ts';
import { expose } from './expose.ts';

export default {
  check: 'secdef-review',
  silent: `${expose('public')}
create function public.count_rows(relation text) returns bigint language plpgsql security definer set search_path = '' as $$
declare n bigint; statement text;
begin
  statement := format('select count(*) from public.%I', relation);
  execute statement into n;
  return n;
end $$;
create function public.find(word text) returns void language plpgsql security definer set search_path = '' as $$
begin
  execute 'select 1 from pg_class where relname = $1' using word;
  execute 'select ' || quote_literal(word);
  execute 'select * from t order by id ' || case when word = 'asc' then 'asc' else 'desc' end;
end $$;
create function public.all_tables() returns void language plpgsql security definer set search_path = '' as $$
declare t record;
begin
  for t in select relname from pg_catalog.pg_class loop
    execute 'analyze ' || t.relname;
  end loop;
end $$;
create function public.by_id(id int, whole regclass) returns void language plpgsql security definer set search_path = '' as $$
begin execute 'select * from ' || whole || ' where id = ' || id; end $$;
`,
  defect: `
create function public.search(word text) returns setof text language plpgsql security definer set search_path = '' as $$
declare statement text;
begin
  statement := 'select body from public.notes where body like ''%' || word || '%''';
  return query execute statement;
end $$;
create function public.sorted(column_name text) returns void language plpgsql set search_path = '' as $$
begin execute format('select * from public.notes order by %s', column_name); end $$;
`,
  expect: [
    { object: 'public.search(word text)', severity: 'high' },
    { object: 'public.sorted(column_name text)', severity: 'medium' },
  ],
  repair: `
drop function public.search(text);
create or replace function public.sorted(column_name text) returns void language plpgsql set search_path = '' as $$
begin execute format('select * from public.notes order by %I', column_name); end $$;
`,
} satisfies CheckFixture;
