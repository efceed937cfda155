import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'migration-order',
  silent: `insert into supabase_migrations.schema_migrations (version, name) values ('20260101000000', 'init');`,
  defect: '',
  expect: [
    { object: 'file supabase/migrations/20251231000000_late.sql', severity: 'high' },
    { object: 'file supabase/migrations/20260103000000_b.sql', severity: 'high' },
    { object: 'file supabase/migrations/7_short.sql', severity: 'low' },
    { object: 'file supabase/migrations/add_posts.sql', severity: 'high' },
    { object: 'file supabase/migrations/archive/20250101000000_x.sql', severity: 'low' },
    { object: 'file supabase/migrations/policies/20260104000000_y.sql', severity: 'high' },
  ],
  repair: '',
  repo: {
    silent: {
      'supabase/migrations/20260101000000_init.sql': 'create table a (id int);',
      'supabase/migrations/20260102000000_add-more.sql': 'create table b (id int);',
    },
    defect: {
      'supabase/migrations/20251231000000_late.sql': 'create table c (id int);',
      'supabase/migrations/20260103000000_a.sql': 'create table d (id int);',
      'supabase/migrations/20260103000000_b.sql': 'create table e (id int);',
      'supabase/migrations/7_short.sql': 'create table f (id int);',
      'supabase/migrations/add_posts.sql': 'create table g (id int);',
      'supabase/migrations/archive/20250101000000_x.sql': 'select 1;',
      'supabase/migrations/policies/20260104000000_y.sql': 'select 1;',
    },
    fixed: {
      'supabase/migrations/archive/20250101000000_x.sql': null,
      'supabase/migrations/policies/20260104000000_y.sql': null,
      'supabase/migrations/20251231000000_late.sql': null,
      'supabase/migrations/20260103000000_b.sql': null,
      'supabase/migrations/7_short.sql': null,
      'supabase/migrations/add_posts.sql': null,
      'supabase/migrations/20260104000000_late.sql': 'create table c (id int);',
      'supabase/migrations/20260105000000_b.sql': 'create table e (id int);',
    },
  },
} satisfies CheckFixture;
