import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'fn-error-handling',
  silent: `
    create function public.logs() returns void language plpgsql as $$
      begin perform 1; exception when others then raise warning 'failed: %', sqlerrm; end $$;
    create function public.named() returns void language plpgsql as $$
      begin perform 1; exception when unique_violation then null; end $$;
    create function public.tells() returns text language plpgsql as $$
      begin return 'ok'; exception when others then return sqlerrm; end $$;
    create function public.http_get(url text) returns void language sql as 'select';
    create table public.notes (id int primary key);
    create function public.calls_own() returns trigger language plpgsql as $$ begin perform public.http_get('x'); return new; end $$;
    create trigger t after insert on public.notes for each row execute function public.calls_own();
    create function public.told() returns text language plpgsql as $$
      declare m text; begin return 'ok'; exception when others then get stacked diagnostics m = message_text; return m; end $$;
    create function public.notes_and_raises() returns void language plpgsql as $$
      begin perform 1; exception when others then raise notice 'x'; raise; end $$;
    create function public.sleeps_by_day() returns void language plpgsql as $$ begin perform pg_sleep(1); end $$;
  `,
  defect: `
    create function public.swallows() returns void language plpgsql as $$
      begin perform 1; exception when others then null; end $$;
    create function public.hides() returns trigger language plpgsql as $$
      begin insert into public.notes values (1); return new; exception when others then return new; end $$;
    create function public.waits() returns trigger language plpgsql as $$
      begin perform extensions.http_post('https://example.org', '{}', 'application/json'); return new; end $$;
    create trigger w after insert on public.notes for each row execute function public.waits();
    create function public.notices() returns void language plpgsql as $$
      begin perform 1; exception when others then raise notice 'failed: %', sqlerrm; end $$;
    create function public.asks() returns void language plpgsql as $$ begin perform extensions.http_get('https://example.org'); end $$;
    create function public.waits_by_way() returns trigger language plpgsql as $$ begin perform public.asks(); return new; end $$;
    create trigger v after update on public.notes for each row execute function public.waits_by_way();
    create function public.naps() returns trigger language plpgsql as $$ begin perform pg_sleep(2); return new; end $$;
    create trigger n after update on public.notes for each row execute function public.naps();
    create function public.patient() returns void language plpgsql as $$
      begin perform extensions.http_set_curlopt('CURLOPT_TIMEOUT_MS', '600000'); perform extensions.http_get('https://example.org'); end $$;
  `,
  expect: [
    { object: 'public.notices()', severity: 'medium' },
    { object: 'public.waits_by_way()', severity: 'high' },
    { object: 'public.naps()', severity: 'high' },
    { object: 'public.patient()', severity: 'medium' },
    { object: 'public.swallows()', severity: 'medium' },
    { object: 'public.hides()', severity: 'medium' },
    { object: 'public.waits()', severity: 'high' },
  ],
  repair: `
    drop function public.swallows(), public.hides(), public.notices(), public.patient();
    drop trigger w on public.notes;
    drop trigger v on public.notes;
    drop trigger n on public.notes;
  `,
  // The extension http is not part of PostgreSQL.
  overlay: {
    silent: {
      extensions: [
        { name: 'http', version: '1.6', defaultVersion: '1.6', schema: 'extensions', relocatable: true, shim: false },
      ],
    },
  },
} satisfies CheckFixture;
