import type { CheckFixture } from '../fixture.ts';

const files = {
  'src/lib.ts':
    "import { createClient } from '@supabase/supabase-js';\nimport type { Database } from './types';\nexport const supabase = createClient<Database>(process.env.URL!, process.env.ANON!);\n",
  'supabase/config.toml': '[api]\nschemas = ["public", "graphql_public"]\n',
  'package.json': '{"dependencies": {"react": "19.2.9", "vite": "7.0.0", "@supabase/supabase-js": "2.109.0"}}',
};
const route = (body: string) => `import * as z from 'zod';
import { supabase } from '../../lib';
const schema = z.object({ title: z.string() });
export async function POST(request: Request) {
  ${body}
  return Response.json({ ok: true });
}
`;

export default {
  check: 'unvalidated-write',
  silent: '',
  defect: '',
  repo: {
    silent: {
      ...files,
      'src/app/a/route.ts': route(
        "const body = await request.json();\n  await supabase.from('notes').insert({ title: body.title });",
      ),
      'src/app/b/route.ts': route(
        "const body = schema.parse(await request.json());\n  await supabase.from('notes').insert(body);",
      ),
      'src/app/c/route.ts': route(
        "const { title } = await request.json();\n  await supabase.from('notes').insert({ title });",
      ),
    },
    defect: {
      'src/app/d/route.ts': route("await supabase.from('notes').insert(await request.json());"),
      'src/app/e/route.ts': route(
        "const body = await request.json();\n  await supabase.from('notes').update({ ...body, seen: true }).eq('id', 1);",
      ),
    },
    fixed: { 'src/app/d/route.ts': route(''), 'src/app/e/route.ts': route('') },
  },
  expect: [
    { object: 'file src/app/d/route.ts', severity: 'high' },
    { object: 'file src/app/e/route.ts', severity: 'high' },
  ],
  repair: '',
} satisfies CheckFixture;
