import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'migration-history',
  // The stored statement carries a comment, as the Supabase CLI keeps it; the file has another one.
  silent: `
    insert into supabase_migrations.schema_migrations (version, name, statements)
    values ('20260101000000', 'init', array[E'-- Notes\\ncreate table notes (id int primary key)', 'create table posts (id int primary key)']);
  `,
  defect: `
    insert into supabase_migrations.schema_migrations (version, name, statements)
    values ('20260102000000', 'edited', array['create table a (id int)']),
           ('20260103000000', 'by_hand', array['create table b (id int)']),
           ('20260102500000', 'laid_out', array['create table l (id int, b int)']);
  `,
  expect: [
    { object: 'migration 20260102000000', severity: 'high' },
    { object: 'migration 20260102500000', severity: 'low' },
    { object: 'migration 20260103000000', severity: 'blocker' },
    { object: 'migration 20260104000000', severity: 'blocker' },
  ],
  repair: `
    insert into supabase_migrations.schema_migrations (version, name, statements) values ('20260104000000', 'pending', array['create table c (id int)']);
  `,
  repo: {
    silent: {
      'supabase/migrations/20260101000000_init.sql':
        '/* What users write */\ncreate table notes (id int primary key);\n\ncreate table posts (id int primary key);\n',
    },
    defect: {
      'supabase/migrations/20260102000000_edited.sql': 'create table a (id bigint);',
      'supabase/migrations/20260102500000_laid_out.sql': 'create table l (\n  id int, -- the key\n  b int\n);',
      'supabase/migrations/20260104000000_pending.sql': 'create table c (id int);',
    },
    fixed: {
      'supabase/migrations/20260102500000_laid_out.sql': 'create table l (id int, b int);',
      'supabase/migrations/20260102000000_edited.sql': 'create table a (id int);',
      'supabase/migrations/20260103000000_by_hand.sql': 'create table b (id int);',
    },
  },
} satisfies CheckFixture;
