import type { CheckFixture } from '../fixture.ts';

/** Replayed twice in databases of its own; the live database plays no part. */
export default {
  check: 'migration-replay',
  silent: '',
  defect: '',
  expect: [
    { object: 'public.notes_made_now', severity: 'high' },
    { object: 'public.notes_made_later', severity: 'high' },
  ],
  repair: '',
  repo: {
    silent: {
      'supabase/migrations/20260101000000_init.sql': `
        create role reporting nologin;
        create table notes (id uuid primary key default gen_random_uuid(), at timestamptz default now());
        insert into notes default values;`,
    },
    defect: {
      'supabase/migrations/20260104000000_year.sql': `do $$ begin
        execute format('create table notes_made_%s (id int primary key)',
          case when now() > current_date + interval '100 days' then 'later' else 'now' end);
      end $$;`,
    },
    fixed: { 'supabase/migrations/20260104000000_year.sql': 'create table notes_as_of (id int primary key);' },
  },
} satisfies CheckFixture;
