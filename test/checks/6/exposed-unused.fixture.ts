import type { CheckFixture } from '../fixture.ts';

const files = {
  'src/lib.ts':
    "import { createClient } from '@supabase/supabase-js';\nimport type { Database } from './types';\nexport const supabase = createClient<Database>(process.env.URL!, process.env.ANON!);\n",
  'supabase/config.toml': '[api]\nschemas = ["public", "graphql_public"]\n',
  'package.json': '{"dependencies": {"react": "19.2.9", "vite": "7.0.0", "@supabase/supabase-js": "2.109.0"}}',
};

export default {
  check: 'exposed-unused',
  silent: `
    create table public.notes (id bigint generated always as identity primary key);
    create table public.lines (id bigint generated always as identity primary key, note_id bigint references public.notes (id));
    create table public.jobs (id bigint generated always as identity primary key);
    revoke all on public.jobs from anon, authenticated;
    grant select on public.notes, public.lines to authenticated;
    create function public.may_read(note bigint) returns boolean language sql stable as $$ select note > 0 $$;
    alter table public.notes enable row level security;
    create policy "readers" on public.notes for select to authenticated using (public.may_read(id));
  `,
  defect: `
    create table public.drafts (id bigint generated always as identity primary key);
    grant select on public.drafts to authenticated;
    create function public.forgotten() returns int language sql as $$ select 1 $$;
  `,
  repo: {
    silent: {
      ...files,
      'src/notes.ts':
        "import { supabase } from './lib';\nexport const notes = () => supabase.from('notes').select('id, lines(id)');\n",
    },
  },
  expect: [
    { object: 'public.drafts', severity: 'low' },
    { object: 'public.forgotten()', severity: 'low' },
  ],
} satisfies CheckFixture;
