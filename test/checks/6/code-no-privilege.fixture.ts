import type { CheckFixture } from '../fixture.ts';

const files = {
  'src/lib.ts':
    "import { createClient } from '@supabase/supabase-js';\nimport type { Database } from './types';\nexport const supabase = createClient<Database>(process.env.URL!, process.env.ANON!);\n",
  'supabase/config.toml': '[api]\nschemas = ["public", "graphql_public"]\n',
  'package.json': '{"dependencies": {"react": "19.2.9", "vite": "7.0.0", "@supabase/supabase-js": "2.109.0"}}',
};

export default {
  check: 'code-no-privilege',
  silent: `
    create table public.notes (id bigint generated always as identity primary key, owner uuid not null default auth.uid(), body text not null);
    alter table public.notes enable row level security;
    create policy "own notes" on public.notes for all to authenticated using ((select auth.uid()) = owner) with check ((select auth.uid()) = owner);
    grant select, insert on public.notes to authenticated;
    revoke update, delete on public.notes from anon, authenticated;
    create function public.tidy() returns void language sql as $$ select $$;
    create table public.jobs (id bigint generated always as identity primary key);
    alter table public.jobs enable row level security;
    revoke all on public.jobs from anon, authenticated;
    grant select on public.jobs to service_role;
  `,
  defect: `revoke execute on function public.tidy() from public, anon, authenticated;`,
  repo: {
    silent: {
      ...files,
      'src/notes.ts': `import { supabase } from './lib';
import { createClient } from '@supabase/supabase-js';
export async function notes() {
  await supabase.from('notes').select('id');
  await supabase.from('notes').insert({ body: 'x' });
  await supabase.rpc('tidy');
}
export async function worker() {
  const admin = createClient(process.env.URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);
  await admin.from('jobs').select('id');
}
`,
    },
    defect: {
      'src/change.ts': `import { supabase } from './lib';
export const change = (id: number) => supabase.from('notes').update({ body: 'y' }).eq('id', id);
`,
    },
  },
  expect: [
    { object: 'public.notes', severity: 'blocker' },
    { object: 'public.tidy()', severity: 'blocker' },
  ],
} satisfies CheckFixture;
