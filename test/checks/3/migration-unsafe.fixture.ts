import type { CheckFixture } from '../fixture.ts';

const folder = 'supabase/migrations/20260201';

/** `orders` holds 12,000 rows, `notes` two; what the pending files make themselves is in use by nobody. */
export default {
  check: 'migration-unsafe',
  silent: `
    create table orders (id bigint primary key, note varchar(20), total int, placed_at timestamptz, buyer uuid, state text not null default 'new');
    alter table orders add constraint buyer_known check (buyer is not null) not valid;
    insert into orders select n, 'x', n, now(), gen_random_uuid() from generate_series(1, 12000) n;
    alter table orders validate constraint buyer_known;
    create table notes (id bigint primary key, body text);
    insert into notes values (1, 'a'), (2, 'b');
    create index orders_total on orders (total);
    create function fixed_tag() returns text stable language sql as $$ select 'x' $$;
    analyze;
    insert into supabase_migrations.schema_migrations (version, name) values ('20260101000000', 'init');
  `,
  defect: '',
  expect: [
    { object: 'file supabase/migrations/20260201000200_locks.sql', severity: 'high' },
    { object: 'file supabase/migrations/20260201000200_locks.sql', severity: 'high' },
    { object: 'file supabase/migrations/20260201000300_small.sql', severity: 'low' },
    { object: 'file supabase/migrations/20260201000300_small.sql', severity: 'low' },
    { object: 'file supabase/migrations/20260201000300_small.sql', severity: 'low' },
    { object: 'public.notes', severity: 'low' },
    { object: 'public.notes.subject', severity: 'high' },
    { object: 'public.orders', severity: 'high' },
    { object: 'public.orders', severity: 'high' },
    { object: 'public.orders', severity: 'high' },
    { object: 'public.orders', severity: 'high' },
    { object: 'public.orders', severity: 'high' },
    { object: 'public.orders.placed_at', severity: 'high' },
    { object: 'public.orders.state', severity: 'high' },
    { object: 'public.orders.token', severity: 'high' },
    { object: 'public.orders.total', severity: 'high' },
    { object: 'public.orders.total', severity: 'high' },
  ],
  repair: `insert into supabase_migrations.schema_migrations (version, name) values ('20260201000200', 'locks'), ('20260201000300', 'small');`,
  repo: {
    silent: {
      // Applied long ago: no longer anybody's risk.
      'supabase/migrations/20260101000000_init.sql': 'create table orders (id int); drop table orders;',
      [`${folder}000000_safe.sql`]: `
        set lock_timeout = '2s';
        create table parcels (id bigint generated always as identity primary key, weight int not null);
        create index on parcels (weight);
        alter table parcels add column label text not null, alter column weight type bigint;
        alter table parcels rename to boxes;
        alter table boxes drop column label;
        alter table orders add column parcel bigint references boxes, add column seen boolean not null default false;
        alter table orders add column tag text default fixed_tag(), alter column note type text, alter column buyer set not null;
        alter table orders add constraint total_positive check (total >= 0) not valid;
        drop table if exists never_was;
        alter table orders drop column if exists never_was;
        drop index if exists never_was;
        create policy mine on storage.objects for select using (false);`,
      [`${folder}000100_validate.sql`]: `set lock_timeout = '2s'; alter table orders validate constraint total_positive;
        create index concurrently if not exists orders_placed on orders (placed_at);`,
    },
    defect: {
      [`${folder}000200_locks.sql`]: `begin;
        alter table orders alter column total type numeric;
        alter table orders add column token uuid default gen_random_uuid();
        alter table orders alter column placed_at set not null;
        create index orders_state on orders (state);
        drop index orders_total;
        alter table orders add constraint orders_note_key unique (note);
        alter table orders add constraint note_short check (length(note) < 20);
        create index concurrently orders_buyer on orders (buyer);
        alter table orders drop column total;
        alter table orders rename column state to status;
        commit;`,
      [`${folder}000300_small.sql`]: `
        alter table notes add column subject text not null;
        create table drafts (id serial);
        create index on notes (body);`,
    },
  },
} satisfies CheckFixture;
