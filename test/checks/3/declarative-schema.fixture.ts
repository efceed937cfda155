import type { CheckFixture } from '../fixture.ts';

const CONFIG = '[db.migrations]\nschema_paths = ["./schemas/b_types.sql", "./schemas/*.sql"]\n';

export default {
  check: 'declarative-schema',
  silent: '',
  defect: '',
  expect: [{ object: 'directory supabase/schemas', severity: 'medium' }],
  repair: '',
  repo: {
    silent: {
      'supabase/config.toml': CONFIG,
      // The order of columns and what is granted are no difference.
      'supabase/migrations/20260101000000_init.sql': `
        create type mood as enum ('ok');
        create table notes (id bigint primary key);
        alter table notes add column mood mood;
        alter table notes add column body text;
        grant select on notes to anon;`,
      // Nor is the schema in which an extension lies.
      'supabase/migrations/20260101000001_extensions.sql': `
        create extension citext;
        create extension vector with schema extensions;
        create table people (id int primary key, email citext default 'x' check (email <> 'y'), place vector(3));
        create function named(citext) returns citext language sql return $1;`,
      'supabase/schemas/c_people.sql': `
        create extension citext with schema extensions;
        create extension vector with schema public;
        create table people (id int primary key, email citext default 'x' check (email <> 'y'), place vector(3));
        create function named(citext) returns citext language sql return $1;`,
      'supabase/schemas/b_types.sql': `create type mood as enum ('ok');`,
      'supabase/schemas/a_notes.sql': 'create table notes (id bigint primary key, body text, mood mood);',
    },
    defect: {
      'supabase/schemas/a_notes.sql': 'create table notes (id bigint primary key, body text not null, mood mood);',
      'supabase/migrations/20260102000000_more.sql': 'create table forgotten (id int primary key);',
    },
    fixed: {
      'supabase/schemas/a_notes.sql':
        'create table notes (id bigint primary key, body text, mood mood); create table forgotten (id int primary key);',
    },
  },
} satisfies CheckFixture;
