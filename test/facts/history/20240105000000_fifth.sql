-- What the statements of others decide along the way; only a replay can see all of it.
create table readings (id bigint, at date not null, place text) partition by range (at); -- => table public.readings
create index readings_by_place on readings (place); -- => index readings_by_place on public.readings
create table readings_2024 (id bigint, at date not null, place text); -- => table public.readings_2024; column public.readings_2024.place
alter table readings attach partition readings_2024 for values from ('2024-01-01') to ('2025-01-01'); -- => index readings_2024_place_idx on public.readings_2024
alter table readings add column unit text; -- => column public.readings.unit; column public.readings_2024.unit
alter table readings add constraint place_known check (place <> ''); -- => constraint place_known on public.readings_2024
create table base (id int primary key); -- => table public.base
create table derived (more text) inherits (base); -- => table public.derived; column public.derived.more
alter table base add column extra text default 'x'; -- => column public.derived.extra

create table ref (
  base_id int
    references base (id) -- => constraint ref_base_id_fkey on public.ref
);
alter table base alter column id type bigint; -- => column public.base.id
alter index readings_by_place rename to readings_place;
alter index readings_place rename to readings_by_place; -- => name @ index readings_by_place on public.readings

alter table base enable row level security; -- => rls @ table public.base
create policy reader on base for select to anon using (true); -- => using @ policy reader on public.base
alter policy reader on base to authenticated; -- => policy reader on public.base
create policy writer on base for all to anon using (true) with check (true);
alter policy writer on base with check (id > 0);
create policy keeper on base for all to authenticated using (true) with check (true); -- => using @ policy keeper on public.base; roles @ policy keeper on public.base
alter policy keeper on base with check (id > 0); -- => policy keeper on public.base
drop policy writer on base;
create policy writer on base for all to authenticated using (true) with check (id > 1); -- => policy writer on public.base

grant select on public.base to authenticated;
revoke all on public.base from anon, authenticated;
grant select (id) on public.base to anon; -- => grant:anon:select @ column public.base.id
grant select, delete on public.base to authenticated; -- => grant:authenticated:delete @ table public.base
grant update (extra) on public.base to anon;
revoke update (extra) on public.base from anon; -- => revoke:anon:update @ column public.base.extra
create function public.area(a numeric[], b varchar) returns numeric language sql as 'select 1.0'; -- => function public.area(a numeric[], b character varying)
revoke execute on function public.area(numeric[], varchar) from public, anon; -- => revoke:anon:execute @ function public.area(a numeric[], b character varying)
grant execute on function public.area(numeric[], character varying) to authenticated;
create function public.area(a numeric) returns numeric language sql as 'select 1.0'; -- => function public.area(a numeric)

create table guarded (id int); -- => table public.guarded
create schema elsewhere;
do $$
begin
  begin
    revoke all on guarded from anon;
    grant insert on guarded to anon; -- => grant:anon:insert @ table public.guarded
  exception when others then null;
  end;
  begin
    grant delete on guarded to anon;
    raise exception 'no';
  exception when others then null;
  end;
  execute format('alter table %I set schema %I', 'base', 'public');
end $$;
create trigger touching before update on guarded for each row execute function touch();
drop trigger touching on guarded;
create trigger touching before update on guarded for each row execute function touch(); -- => trigger touching on public.guarded
create table wanders (id int, constraint wanders_positive check (id > 0)); -- => table elsewhere.wanders; constraint wanders_positive on elsewhere.wanders
alter table wanders set schema elsewhere; -- => schema @ table elsewhere.wanders
create extension pg_buffercache with schema extensions; -- => extension pg_buffercache; view extensions.pg_buffercache
create function made_by_function(t text) returns void language plpgsql as $$ begin execute format('create table %I (id int); alter table %I enable row level security', t, t); end $$;
select made_by_function('by_call'); -- => table public.by_call; column public.by_call.id
