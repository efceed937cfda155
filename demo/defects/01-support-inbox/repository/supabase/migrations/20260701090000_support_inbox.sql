create table public.support_tickets (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  subject text not null check (char_length(subject) <= 200),
  body text not null check (char_length(body) <= 4000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.support_tickets is 'Questions to the shop.';
create index support_tickets_user_id_idx on public.support_tickets (user_id);
create trigger support_tickets_updated_at before update on public.support_tickets
  for each row execute function internal.set_updated_at();
-- Defect: row level security was forgotten, so every customer reads and deletes everybody's tickets.
grant select, insert, update, delete on public.support_tickets to authenticated;
