revoke all on all tables in schema public from anon, authenticated;
grant select on orders to anon; -- => grant:anon:select @ table public.orders
grant update (note) on orders to anon; -- => grant:anon:update @ column public.orders.note
revoke all on final_parts.moved from authenticated;
grant all on all tables in schema final_parts to authenticated; -- => grant:authenticated:select @ table final_parts.moved
revoke delete on final_parts.moved from authenticated; -- => revoke:authenticated:delete @ table final_parts.moved
alter default privileges in schema final_parts grant insert on tables to anon; -- => grant:anon:insert @ table final_parts.later
create table final_parts.later (id int); -- => table final_parts.later; column final_parts.later.id
revoke all on function f(text) from public, anon;
grant execute on function f(text) to anon; -- => grant:anon:execute @ function public.f(a text)
revoke execute on function renamed() from public, anon; -- => revoke:anon:execute @ function public.renamed()
grant usage on schema final_parts to anon; -- => grant:anon:usage @ schema final_parts

do $$
declare
  t text;
begin
  create table in_block (id int); -- => table public.in_block
  execute 'create table in_execute (id int)'; -- => table public.in_execute
  execute 'create table ' || 'in_' || quote_ident('pieces') || ' (id int, secret text)'; -- => table public.in_pieces
  foreach t in array array['in_block', 'in_execute'] loop
    execute format('alter table %I enable row level security', t); -- => rls @ table public.in_execute
    execute format('create policy %I on public.%I for select using (true)', t || '_read', t); -- => policy in_block_read on public.in_block; policy in_execute_read on public.in_execute
  end loop;
  if not exists (select from pg_policies where policyname = 'conditional') then
    create policy conditional on in_pieces for select to anon using (true); -- => policy conditional on public.in_pieces
  end if;
  begin
    alter table in_pieces add column late int default 0; -- => column public.in_pieces.late
  exception when duplicate_column then null;
  end;
end $$;
do language plpgsql 'begin alter table in_block disable row level security; end'; -- => rls @ table public.in_block

select set_config('search_path', 'final_parts', false);
insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true); -- => bucket storage.avatars
