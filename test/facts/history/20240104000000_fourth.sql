-- What only a replay can see.
create function make_things() returns void language plpgsql as $$
begin
  execute format('create table %I (id int)', 'made_' || 'inside');
end $$;
select make_things(); -- => table public.made_inside
do $$
declare
  r record;
begin
  for r in select tablename from pg_tables where schemaname = 'public' and tablename like 'made_%' loop
    execute format('alter table %I enable row level security', r.tablename); -- => rls @ table public.made_inside
  end loop;
end $$;
create sequence feeds;
alter sequence feeds rename to feeds2;
create table fed (id int default 1); -- => table public.fed
alter table fed alter column id set default nextval('feeds2');
drop sequence feeds2 cascade; -- => default @ column public.fed.id
create sequence feeds2; -- => sequence public.feeds2
