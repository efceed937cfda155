import type { CheckFixture } from '../fixture.ts';

const CODE = `
import { createClient } from '@supabase/supabase-js';
const supabase = createClient('https://abcdefghijklmnopqrst.supabase.co', process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY!);
export const load = () => supabase.from('parcels').select('id');
export const save = () => supabase.from('notes').insert({ id: 1 });
`;

export default {
  check: 'migration-missing-grant',
  silent: `
    alter default privileges for role postgres in schema public revoke all on tables from anon, authenticated, service_role;
    insert into supabase_migrations.schema_migrations (version, name) values ('20260101000000', 'init');
  `,
  defect: '',
  expect: [{ object: 'public.notes', severity: 'blocker' }],
  repair: '',
  repo: {
    silent: {
      'package.json': '{"dependencies":{"@supabase/supabase-js":"2"}}',
      'src/load.ts': CODE,
      'supabase/migrations/20260101000000_init.sql': 'select 1;',
      // Granted; used by nobody; made and renamed to a name that is granted.
      'supabase/migrations/20261102000000_parcels.sql': `
        create table boxes (id int primary key);
        alter table boxes rename to parcels;
        grant select on parcels to authenticated;
        create table unused (id int primary key);`,
    },
    defect: {
      'supabase/migrations/20261103000000_notes.sql': `create table public.notes (id int primary key);
        grant select on parcels to anon;
        revoke all on notes from anon;`,
    },
    fixed: {
      'supabase/migrations/20261103000000_notes.sql':
        'create table public.notes (id int primary key); grant select, insert on notes to authenticated;',
    },
  },
} satisfies CheckFixture;
