-- Documents are shared with single users through a table of their own.
create table public.documents (id uuid primary key default gen_random_uuid(), owner_id uuid not null references auth.users, body text not null);
create table public.document_shares (document_id uuid not null references public.documents on delete cascade, user_id uuid not null references auth.users, primary key (document_id, user_id));
create schema private; grant usage on schema private to authenticated;
create function private.owns(doc uuid) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select 1 from public.documents d where d.id = doc and d.owner_id = (select auth.uid())) $$;
create function private.shared(doc uuid) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select 1 from public.document_shares s where s.document_id = doc and s.user_id = (select auth.uid())) $$;
alter table public.documents enable row level security;
alter table public.document_shares enable row level security;
create policy "own" on public.documents for all to authenticated using (owner_id = (select auth.uid()));
create policy "shared" on public.documents for select to authenticated using (private.shared(id));
create policy "owners share" on public.document_shares for all to authenticated using (private.owns(document_id));
create policy "see shares with oneself" on public.document_shares for select to authenticated using (user_id = (select auth.uid()));

-- truth            who     select insert update delete
-- documents        anon    .      .      .      .
-- documents        A,B,C   o      o      o      o
-- document_shares  anon    .      .      .      .
-- document_shares  A,B,C   o      oO     oO     o
