-- An invitation is found by the address in the token.
create table public.invitations (id uuid primary key default gen_random_uuid(), email text not null, note text);
alter table public.invitations enable row level security;
create policy "read own" on public.invitations for select to authenticated using (email = (select auth.jwt() ->> 'email'));
create policy "answer own" on public.invitations for update to authenticated using (lower(email) = lower((select auth.email())));

-- truth        who        select insert update delete
-- invitations  anon       .      .      .      .
-- invitations  A,B,C      o      .      o      .
-- invitations  anonymous  .      .      .      .
