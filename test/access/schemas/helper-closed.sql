-- The policy calls a helper that the role may not execute: everything is refused, without a rule being at fault.
create schema private;
create function private.mine(owner uuid) returns boolean language sql stable as $$ select owner = auth.uid() $$;
create table public.notes (id bigint generated always as identity primary key, user_id uuid not null references auth.users, body text);
alter table public.notes enable row level security;
create policy "own" on public.notes for select to authenticated using (private.mine(user_id));
revoke execute on function private.mine(uuid) from public, authenticated;

-- truth  who     select insert update delete
-- notes  anon    .      .      .      .
-- notes  A,B,C   .      .      .      .
