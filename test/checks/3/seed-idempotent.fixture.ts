import type { CheckFixture } from '../fixture.ts';

const MIGRATION = `
  create table plans (id text primary key, name text not null);
  create table tags (id bigint generated always as identity primary key, name text);
`;

/** The seed runs in a copy of the replayed migrations; the live database is only there to be audited. */
export default {
  check: 'seed-idempotent',
  silent: '',
  defect: '',
  expect: [
    { object: 'file supabase/seed.sql', severity: 'medium' },
    { object: 'public.tags', severity: 'medium' },
  ],
  repair: '',
  repo: {
    silent: {
      'supabase/config.toml': '[db.seed]\nenabled = true\nsql_paths = ["./seeds/*.sql", "./seed.sql"]\n',
      'supabase/migrations/20260101000000_init.sql': MIGRATION,
      'supabase/seeds/1_plans.sql': `insert into plans values ('free', 'Free'), ('pro', 'Pro') on conflict do nothing;`,
      'supabase/seed.sql': `truncate tags; insert into tags (name) values ('a');`,
    },
    defect: {
      'supabase/seeds/2_tags.sql': `insert into tags (name) values ('b'), ('c');`,
      'supabase/seed.sql': `\n-- twice\ninsert into plans values ('team', 'Team');`,
    },
    fixed: {
      'supabase/seeds/2_tags.sql': null,
      'supabase/seed.sql': `insert into plans values ('team', 'Team') on conflict (id) do update set name = excluded.name;`,
    },
  },
} satisfies CheckFixture;
