import type { CheckFixture } from '../fixture.ts';

const files = {
  'src/lib.ts':
    "import { createClient } from '@supabase/supabase-js';\nimport type { Database } from './types';\nexport const supabase = createClient<Database>(process.env.URL!, process.env.ANON!);\n",
  'supabase/config.toml': '[api]\nschemas = ["public", "graphql_public"]\n',
  'package.json': '{"dependencies": {"react": "19.2.9", "vite": "7.0.0", "@supabase/supabase-js": "2.109.0"}}',
};

export default {
  check: 'code-object-missing',
  silent: `
    create table public.contacts (id bigint generated always as identity primary key, name text not null, data jsonb);
    alter table public.contacts rename to people;
    create table public.notes (
      id bigint generated always as identity primary key,
      person_id bigint not null references public.people (id),
      author_id bigint constraint notes_author_fkey references public.people (id),
      body text not null,
      stars int
    );
    create table public.tags (id bigint generated always as identity primary key, label text not null);
    create table public.note_tags (note_id bigint references public.notes (id), tag_id bigint references public.tags (id), primary key (note_id, tag_id));
    create view public.short_notes as select id, left(body, 10) as head from public.notes;
    create function public.initials(person public.people) returns text language sql stable as $$ select left(person.name, 1) $$;
    create function public.find_notes(term text) returns setof public.notes language sql stable as $$ select * from public.notes $$;
    create function public.find_notes(term text, most int) returns setof public.notes language sql stable as $$ select * from public.notes $$;
    insert into storage.buckets (id, name) values ('avatars', 'avatars');
  `,
  defect: '',
  repo: {
    silent: {
      ...files,
      'src/list.ts': `import { supabase } from './lib';
const TABLE = 'notes';
export async function list(id: number) {
  await supabase.from('people').select('id, name, initials, city:data->>city, notes!notes_person_id_fkey(id)');
  await supabase.from(TABLE).select(\`
    id, body, author:people!notes_author_fkey(name), writer:author_id(name),
    tags(label), stars.avg()
  \`).eq('people.name', 'x').order('id');
  await supabase.from('short_notes').select('head').eq('id', id);
  await supabase.rpc('find_notes', { term: 'a', most: 3 });
  await supabase.storage.from('avatars').upload('a', new Blob());
  const numbers = Array.from(new Set([1, 2])).map(String);
  return Buffer.from(numbers.join());
}
`,
    },
    defect: {
      'src/broken.ts': `import { supabase } from './lib';
export async function broken() {
  await supabase.from('contacts').select('id');
  await supabase.from('notes').insert({ body: 'x', colour: 'red' });
  await supabase.from('people').select('id, tags(label)');
  await supabase.rpc('count_notes');
  await supabase.rpc('find_notes', { word: 'a' });
  await supabase.storage.from('covers').download('x');
}
`,
    },
    fixed: { 'src/broken.ts': 'export {};\n' },
  },
  expect: [
    { object: 'public.contacts', severity: 'blocker' },
    { object: 'public.notes.colour', severity: 'blocker' },
    { object: 'public.people', severity: 'blocker' },
    { object: 'public.count_notes', severity: 'blocker' },
    { object: 'public.find_notes(term text)', severity: 'blocker' },
    { object: 'bucket covers', severity: 'blocker' },
  ],
  repair: '',
} satisfies CheckFixture;
