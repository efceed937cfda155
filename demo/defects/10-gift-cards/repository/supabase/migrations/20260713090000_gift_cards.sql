create table public.gift_cards (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references auth.users (id) on delete set null,
  code text not null unique check (char_length(code) between 8 and 32),
  balance_cents integer not null check (balance_cents >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.gift_cards is 'Gift cards and what is left on them.';
create index gift_cards_user_id_idx on public.gift_cards (user_id);
create trigger gift_cards_updated_at before update on public.gift_cards
  for each row execute function internal.set_updated_at();
alter table public.gift_cards enable row level security;
grant select on public.gift_cards to authenticated;
-- Defect: it asks whether somebody is signed in, not whose card it is.
create policy "signed-in customers read gift cards" on public.gift_cards
  for select to authenticated using ((select auth.uid()) is not null);
