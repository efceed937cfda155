-- A table of users beside auth.users, filled by a trigger and without a foreign key; members point at it, helpers ask it.
-- A setting opens a document to everybody: whoever has none is not open.
create table public.users (id uuid primary key, name text not null default '');
create function public.new_user() returns trigger language plpgsql security definer set search_path = '' as $$ begin insert into public.users (id) values (new.id); return new; end $$;
create trigger new_user after insert on auth.users for each row execute function public.new_user();
create table public.organizations (id uuid primary key default gen_random_uuid(), name text not null);
create table public.organization_members (id uuid primary key default gen_random_uuid(), user_id uuid not null references public.users, organization_id uuid not null references public.organizations, unique (user_id, organization_id));
create table public.documents (id uuid primary key default gen_random_uuid(), organization_id uuid not null references public.organizations, body text not null);
create table public.public_share_settings (document_id uuid primary key references public.documents);
create function public.is_member(org uuid) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select 1 from public.organization_members m where m.organization_id = org and m.user_id = auth.uid()) $$;
alter table public.users enable row level security;
alter table public.organizations enable row level security;
alter table public.organization_members enable row level security;
alter table public.documents enable row level security;
alter table public.public_share_settings enable row level security;
create policy "members" on public.organizations for select to authenticated using (public.is_member(id));
create policy "members" on public.organization_members for select to authenticated using (public.is_member(organization_id));
create policy "members" on public.documents for all to authenticated using (public.is_member(organization_id));
create policy "open ones" on public.documents for select to anon using (exists (select 1 from public.public_share_settings s where s.document_id = documents.id));
create policy "what is open" on public.public_share_settings for select using (true);

-- truth                  who     select insert update delete
-- users                  anon    .      .      .      .
-- users                  A,B,C   .      .      .      .
-- organizations          anon    .      .      .      .
-- organizations          A,B,C   o      .      .      .
-- organization_members   anon    .      .      .      .
-- organization_members   A,B     ot     .      .      .
-- organization_members   C       o      .      .      .
-- documents              anon    .      .      .      .
-- documents              A,B     ot     ot     ot     ot
-- documents              C       o      o      o      o
-- public_share_settings  anon    f      .      .      .
-- public_share_settings  A,B     f+?ot  ?ot    ?ot    ?ot
-- public_share_settings  C       f+?o   ?o     ?o     ?o
