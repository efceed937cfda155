import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'rollback',
  silent: `insert into supabase_migrations.schema_migrations (version, name) values ('20260101000000', 'init');`,
  defect: '',
  expect: [{ object: 'file supabase/migrations/20260103000000_drop.sql', severity: 'medium' }],
  repair: `insert into supabase_migrations.schema_migrations (version, name) values ('20260103000000', 'drop');`,
  repo: {
    silent: {
      'supabase/migrations/20260101000000_init.sql': 'create table a (id int); create table b (id int); drop table b;',
      'supabase/migrations/20260102000000_more.sql': 'create table c (id int);',
    },
    defect: { 'supabase/migrations/20260103000000_drop.sql': 'alter table a drop column id;' },
  },
} satisfies CheckFixture;
