import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'table-health',
  silent: `
    create table public.notes (id int primary key) with (autovacuum_enabled = off);
    insert into public.notes select generate_series(1, 12000);
    analyze public.notes;
    create table public.few (id int primary key);
    do $$ declare n int; begin for i in 1 .. 120 loop select count(*) into n from public.few; end loop; end $$;
  `,
  defect: `
    create table public.fresh (id int primary key) with (autovacuum_enabled = off);
    insert into public.fresh select generate_series(1, 12000);
    create table public.dead (id int primary key, n int) with (autovacuum_enabled = off);
    insert into public.dead select n, n from generate_series(1, 40000) n;
    delete from public.dead where id > 25000;
    analyze public.dead;
    create table public.scanned (id int primary key, n int) with (autovacuum_enabled = off);
    insert into public.scanned select n, n from generate_series(1, 12000) n;
    analyze public.scanned;
    do $$ declare c int; begin for i in 1 .. 120 loop select count(*) into c from public.scanned where n = i; end loop; end $$;
  `,
  expect: [
    { object: 'public.fresh', severity: 'medium' },
    { object: 'public.dead', severity: 'medium' },
    { object: 'public.scanned', severity: 'medium' },
  ],
  repair: `
    analyze public.fresh;
    truncate public.dead;
    drop table public.scanned;
  `,
} satisfies CheckFixture;
