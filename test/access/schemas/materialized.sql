-- A materialized view knows no row level security.
create table public.salaries (id int generated always as identity primary key, user_id uuid not null references auth.users, amount numeric not null);
alter table public.salaries enable row level security;
create policy "own" on public.salaries for select to authenticated using (user_id = (select auth.uid()));
create materialized view public.salary_report as select id, user_id, amount from public.salaries;

-- truth          who     select insert update delete
-- salaries       anon    .      .      .      .
-- salaries       A,B,C   o      .      .      .
-- salary_report  anon    f      .      .      .
-- salary_report  A,B,C   of     .      .      .
