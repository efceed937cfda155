-- Defects: no primary key; anybody may insert anything, without limit.
create table public.newsletter_signups (
  address text not null check (char_length(address) <= 254),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.newsletter_signups is 'Who wants the newsletter.';
create trigger newsletter_signups_updated_at before update on public.newsletter_signups
  for each row execute function internal.set_updated_at();
alter table public.newsletter_signups enable row level security;
grant insert on public.newsletter_signups to anon;
create policy "anybody signs up" on public.newsletter_signups for insert to anon with check (true);
