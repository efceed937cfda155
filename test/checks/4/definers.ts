import { GUARDED_NOTES } from './expose.ts';

/** Definer functions that are as they should be: a trigger's, a policy's helper in a schema of its own, an extension's, one out of reach, one declared. */
export const DEFINERS = `${GUARDED_NOTES}
create function public.on_note() returns trigger language plpgsql security definer set search_path = '' as $$ begin return new; end $$;
create trigger on_note before insert on public.notes for each row execute function public.on_note();
create schema private; grant usage on schema private to authenticated;
create function private.is_mine(owner uuid) returns boolean language sql stable security definer set search_path = '' as $$ select owner = auth.uid() $$;
create policy "mine" on public.notes for select to authenticated using (private.is_mine(user_id));
create function private.sweep() returns void language sql security definer set search_path = '' as $$ delete from public.notes $$;
create function public.closed() returns void language sql security definer set search_path = '' as $$ delete from public.notes $$;
revoke execute on function public.closed() from public, anon, authenticated;
create function public.ping() returns text language sql security definer set search_path = '' as $$ select 'pong' $$;
-- as supabase_admin
create function public.of_extension() returns void language sql security definer set search_path = '' as $$ select null::void $$;
grant execute on function public.of_extension() to anon, authenticated;
alter extension plpgsql add function public.of_extension();
-- as postgres
`;

/** A policy's helper where the Data API serves it. */
export const EXPOSED_HELPER = `
create function public.is_yours(owner uuid) returns boolean language sql stable security definer set search_path = '' as $$ select owner = auth.uid() $$;
create policy "yours" on public.notes for update to authenticated using (public.is_yours(user_id));
`;
