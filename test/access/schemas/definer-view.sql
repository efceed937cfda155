-- Views over a guarded table: one with its owner's rights, one with the caller's, one that filters by itself.
create table public.payments (id int generated always as identity primary key, user_id uuid not null references auth.users, amount numeric not null);
alter table public.payments enable row level security;
create policy "own payments" on public.payments for select to authenticated using (user_id = (select auth.uid()));
create view public.all_payments as select id, user_id, amount from public.payments;
create view public.my_payments with (security_invoker = on) as select id, user_id, amount from public.payments;
create view public.filtered_payments as select id, user_id, amount from public.payments where user_id = (select auth.uid());
create view public.totals with (security_invoker = on) as select user_id, sum(amount) as total from public.payments group by user_id;

-- truth              who     select insert update delete
-- payments           anon    .      .      .      .
-- payments           A,B,C   o      .      .      .
-- all_payments       anon    f      f      f      f
-- all_payments       A,B,C   of     ofO    ofO    of
-- my_payments        anon    .      .      .      .
-- my_payments        A,B,C   o      .      .      .
-- filtered_payments  anon    .      f      .      .
-- filtered_payments  A,B,C   o      ofO    oO     o
-- totals             anon    .      .      .      .
-- totals             A,B,C   o      .      .      .
