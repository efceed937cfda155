import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'fn-references-missing',
  silent: `
    create table public.notes (id int primary key, body text);
    create function public.writes(body text) returns void language plpgsql as $$
      declare n int := 1;
      begin
        with made as (select 1 as id) insert into notes (id, body) select made.id, writes.body from made
          on conflict (id) do update set body = excluded.body;
        create temp table scratch (x int) on commit drop;
        insert into scratch (x) values (n);
        update public.notes as t set body = 'x' where t.id = n;
      end $$;
    create function public.uses_scratch() returns void language plpgsql as $$ begin insert into scratch values (1); end $$;
    create function public.dynamic() returns void language plpgsql as $$
      begin execute 'create temp table later (a int)'; insert into later values (1); end $$;
    create function public.signs() returns void language sql security definer as $$ update auth.users set raw_app_meta_data = '{}' where false $$;
  `,
  defect: `
    create function public.old_column() returns void language plpgsql as $$ begin insert into notes (id, tokens) values (1, 2); end $$;
    create function public.old_table() returns trigger language plpgsql as $$ begin delete from public.posts where id = new.id; return new; end $$;
    create trigger old_table after insert on public.notes for each row execute function public.old_table();
    create function public.sets() returns void language plpgsql set search_path = public as $$ begin update notes set title = 'x'; end $$;
  `,
  expect: [
    { object: 'public.old_column()', severity: 'high' },
    { object: 'public.old_table()', severity: 'blocker' },
    { object: 'public.sets()', severity: 'high' },
  ],
  repair: `
    alter table public.notes add column tokens int, add column title text;
    create table public.posts (id int primary key);
  `,
} satisfies CheckFixture;
