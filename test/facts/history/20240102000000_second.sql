alter table old_orders rename to orders;
alter table orders rename column user_id to customer_id;
alter table orders rename constraint positive to above_zero;
alter index by_total rename to by_sum;
alter type mood rename to humour;
alter sequence counter rename to tally;
alter schema inner_parts rename to final_parts;
alter table moved set schema final_parts;
alter function plain() rename to renamed;
alter trigger first_name on orders rename to touching;

alter table orders
  add column placed timestamptz, -- => column public.orders.placed
  drop column gone,
  add column coupon int constraint coupon_known references twice (id); -- => column public.orders.coupon; constraint coupon_known on public.orders
alter table orders alter column total type numeric(12,2); -- => column public.orders.total
alter table orders alter column customer_id set not null; -- => not null @ column public.orders.customer_id
alter table orders alter column note drop default; -- => default @ column public.orders.note
alter table orders alter column placed set default now(); -- => default @ column public.orders.placed
alter table orders disable row level security;
comment on table orders is 'second wording'; -- => comment @ table public.orders
comment on column orders.note is 'what the customer asks for'; -- => comment @ column public.orders.note

drop policy dropped on orders;
alter policy "old name" on orders rename to "new name";
alter policy "new name" on orders to authenticated using (customer_id = auth.uid()); -- => policy "new name" on public.orders
drop index dropped_index;

create or replace function f(a int) returns int language sql as 'select 2'; -- => function public.f(a integer)
alter function f(a text) set search_path = ''; -- => settings @ function public.f(a text)
alter function f(a int) security definer; -- => security @ function public.f(a integer)
create or replace view seen as select id, note from orders; -- => view public.seen
alter view seen set (security_invoker = on); -- => options @ view public.seen
alter table orders disable trigger touching; -- => enabled @ trigger touching on public.orders
alter table orders force row level security; -- => force rls @ table public.orders
alter table orders replica identity full; -- => replica identity @ table public.orders

alter table orders add constraint note_short check (length(note) < 100) not valid; -- => constraint note_short on public.orders
alter table orders validate constraint note_short; -- => validated @ constraint note_short on public.orders
alter publication supabase_realtime add table orders; -- => published table public.orders
