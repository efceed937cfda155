import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'pii-patterns',
  // Order numbers, of which many pass a card's checksum; identifiers that look like telephone or Social Security numbers; addresses where they belong.
  silent: `
    create table public.orders (
      id uuid primary key, number text, reference bigint, tracking text, part text, sold_at text, email text, hash text, payload jsonb
    );
    insert into public.orders
    select gen_random_uuid(), '4' || lpad((n * 7919131::bigint * 104729 % 1000000000000000)::text, 15, '0'), n * 104729::bigint,
      '1Z' || upper(substr(md5(n::text), 1, 16)), lpad((n * 7919 % 1000)::text, 3, '0') || '-' || lpad((n % 100)::text, 2, '0') || '-' || lpad((n * 31 % 10000)::text, 4, '0'),
      (now() - n * interval '1 hour')::text, 'c' || n || '@post.kade.nl', md5(n::text), jsonb_build_object('order_id', '4' || lpad((n * 7919131::bigint)::text, 15, '0'), 'at', 1700000000000 + n)
    from generate_series(1, 1500) n;
    create table public.empty ();
  `,
  defect: `
    create table public.notes (id int primary key, body text, tin text, extra jsonb);
    insert into public.notes
    select n, 'please charge my card 4539 1488 0343 6467 again', '536-22-' || lpad((8000 + n)::text, 4, '0'), jsonb_build_object('account', 'DE12500105170648489890')
    from generate_series(1, 3) n;
    create table public.attempts (id int primary key, request jsonb);
    insert into public.attempts select n, jsonb_build_object('number', '4242424242424242', 'mail', 'c' || n || '@post.kade.nl') from generate_series(1, 9) n;
    create table public."we""ird 🔑" (id int primary key, "card number" text);
    insert into public."we""ird 🔑" values (1, '4539148803436467');
  `,
  expect: [
    { object: 'public.notes.body', severity: 'blocker' },
    { object: 'public.notes.tin', severity: 'blocker' },
    { object: 'public.notes.extra', severity: 'high' },
    { object: 'public.attempts.request', severity: 'high' },
    { object: 'public.attempts.request', severity: 'medium' },
    { object: 'public."we""ird 🔑"."card number"', severity: 'blocker' },
  ],
  repair: `
    update public.notes set body = 'please charge my card again', tin = '8001', extra = '{}';
    update public.attempts set request = '{}';
    delete from public."we""ird 🔑";
  `,
} satisfies CheckFixture;
