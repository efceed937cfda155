-- The message board is live; RLS on messages decides who hears what.
alter publication supabase_realtime add table public.messages;
