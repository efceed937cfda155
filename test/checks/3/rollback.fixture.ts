import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'rollback',
  silent: `insert into supabase_migrations.schema_migrations (version, name) values ('20260101000000', 'init');`,
  defect: '',
  expect: [
    { object: 'file supabase/migrations/20260103000000_drop.sql', severity: 'medium' },
    { object: 'file supabase/migrations/20260105000000_bad.sql', severity: 'high' },
  ],
  repair: `insert into supabase_migrations.schema_migrations (version, name) values ('20260103000000', 'drop');`,
  repo: {
    silent: {
      'supabase/migrations/20260101000000_init.sql': 'create table a (id int); create table b (id int); drop table b;',
      'supabase/migrations/20260102000000_more.sql': `
        create table c (id int, note text, keep int);
        alter table c drop column note;
        -- Rollback: alter table c add column note text, and fill it from the dump of 2026-01-01`,
      'supabase/migrations/20260104000000_both.sql': 'create table d (id int); alter table c add column more int;',
      'supabase/rollbacks/20260104000000_both.sql': 'drop table d; alter table c drop column more;',
    },
    defect: {
      'supabase/migrations/20260103000000_drop.sql': 'alter table a drop column id;',
      'supabase/migrations/20260105000000_bad.sql':
        'alter table c add column x int; create index if not exists c_keep on c (keep); alter table c alter column keep set default 1;',
      'supabase/rollbacks/20260105000000_bad.sql':
        'alter table c drop column x, alter column keep set default 2; drop table d;',
    },
    fixed: {
      'supabase/rollbacks/20260105000000_bad.sql':
        'alter table c drop column x, alter column keep drop default; drop index c_keep;',
    },
  },
} satisfies CheckFixture;
