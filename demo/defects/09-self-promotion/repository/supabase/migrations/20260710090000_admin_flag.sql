alter table public.profiles add column is_admin boolean not null default false;
-- Defect: customers may update their own row, now every column of it, is_admin too.
grant update on public.profiles to authenticated;
