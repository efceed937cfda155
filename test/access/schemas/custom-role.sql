-- A role of the project's own that a token may name: support reads every ticket and writes none.
create role support_agent nologin;
grant support_agent to authenticator;
grant usage on schema public to support_agent;
create table public.tickets (id int generated always as identity primary key, user_id uuid not null references auth.users, body text not null);
alter table public.tickets enable row level security;
grant select on public.tickets to support_agent;
create policy "own tickets" on public.tickets for all to authenticated using (user_id = (select auth.uid()));
create policy "support reads" on public.tickets for select to support_agent using (true);

-- truth    who            select insert update delete
-- tickets  anon           .      .      .      .
-- tickets  A,B,C          o      o      o      o
-- tickets  support_agent  of     .      .      .
