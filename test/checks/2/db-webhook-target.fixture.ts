import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'db-webhook-target',
  silent: `
    create table public.orders (id int primary key);
    create trigger hook after insert on public.orders for each row execute function
      supabase_functions.http_request('https://api.example.com/hook', 'POST', '{"Content-Type":"application/json"}', '{}', '1000');
    create trigger own after update on public.orders for each row execute function
      supabase_functions.http_request('https://abcdefghijklmnopqrst.supabase.co/functions/v1/x', 'POST', '{}', '{}', '1000');
    create extension pg_net;
    create function public.sends() returns void language plpgsql as $$
      begin perform net.http_post(url := 'https://api.example.com/x', body := '{}'); perform net.http_post(current_setting('app.url'), '{}'); end $$;
  `,
  defect: `
    create function public.sends_home() returns void language plpgsql as $$
      begin perform net.http_post(url := 'http://host.docker.internal:54321/functions/v1/x', body := '{}'); end $$;
    create trigger local after insert on public.orders for each row execute function
      supabase_functions.http_request('http://host.docker.internal:54321/functions/v1/x', 'POST', '{}', '{}', '1000');
    create trigger tunnel after insert on public.orders for each row execute function
      supabase_functions.http_request('https://a1.ngrok-free.app/x', 'POST', '{}', '{}', '1000');
    create trigger staging after insert on public.orders for each row execute function
      supabase_functions.http_request('https://zyxwvutsrqponmlkjihg.supabase.co/functions/v1/x', 'POST', '{}', '{}', '1000');
    create trigger key after insert on public.orders for each row execute function
      supabase_functions.http_request('https://api.example.com/hook', 'POST', '{"Authorization":"Bearer sb_secret_${'x'.repeat(22)}_${'y'.repeat(8)}"}', '{}', '1000');
  `,
  expect: [
    { object: 'public.sends_home()', severity: 'high' },
    { object: 'trigger local on public.orders', severity: 'blocker' },
    { object: 'trigger tunnel on public.orders', severity: 'blocker' },
    { object: 'trigger staging on public.orders', severity: 'blocker' },
    { object: 'trigger key on public.orders', severity: 'blocker' },
  ],
  repair: `
    drop function public.sends_home();
    drop trigger local on public.orders;
    drop trigger tunnel on public.orders;
    drop trigger staging on public.orders;
    drop trigger key on public.orders;
  `,
  declared: { refs: { production: 'abcdefghijklmnopqrst' } },
} satisfies CheckFixture;
