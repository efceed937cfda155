import type { CheckFixture } from '../fixture.ts';
import { expose } from './expose.ts';

export default {
  check: 'ssrf-functions',
  silent: `${expose('public')}
-- as supabase_admin
create extension if not exists pg_net;
grant usage on schema net to postgres;
-- as postgres
create schema private;
create function private.load_page(url text) returns void language plpgsql as $$ begin perform net.http_get(url); end $$;
create function public.notify(body text) returns void language plpgsql as $$
begin perform net.http_post(url := 'https://example.com/hook', body := jsonb_build_object('text', body)); end $$;
create function private.post_to(url text, message text) returns void language plpgsql as $$ begin perform net.http_post(url, jsonb_build_object('text', message)); end $$;
create function public.say(message text) returns void language plpgsql as $$ begin perform private.post_to('https://example.com/hook', message); end $$;
`,
  defect: `
create function public.load_page(address text) returns void language plpgsql security definer as $$ begin perform net.http_get(url := address || '/feed'); end $$;
create function public.preview(page text) returns void language plpgsql as $$ begin perform private.load_page('https://' || page); end $$;
create function public.by_hand(host text) returns void language plpgsql as $$
declare target text := 'https://' || host; begin perform net.http_delete(target); end $$;
create function public.fetch_sql(text) returns bigint language sql as $$ select net.http_get($1) $$;
`,
  expect: [
    { object: 'public.preview(page text)', severity: 'high' },
    { object: 'public.by_hand(host text)', severity: 'high' },
    { object: 'public.load_page(address text)', severity: 'high' },
    { object: 'public.fetch_sql(text)', severity: 'high' },
  ],
} satisfies CheckFixture;
