-- Defect: eight digits: the Supabase CLI passes over this file without a word.
alter table public.orders add column gift_wrap boolean not null default false;
