import type { CheckFixture } from '../fixture.ts';

const files = {
  'src/lib.ts':
    "import { createClient } from '@supabase/supabase-js';\nimport type { Database } from './types';\nexport const supabase = createClient<Database>(process.env.URL!, process.env.ANON!);\n",
  'supabase/config.toml': '[api]\nschemas = ["public", "graphql_public"]\n',
  'package.json': '{"dependencies": {"react": "19.2.9", "vite": "7.0.0", "@supabase/supabase-js": "2.109.0"}}',
};

export default {
  check: 'dynamic-call',
  silent: '',
  defect: '',
  repo: {
    silent: {
      ...files,
      'src/names.ts':
        "export const TABLES = { notes: 'notes', people: 'people' } as const;\nexport enum Rpc { Tidy = 'tidy' }\n",
      'src/typed.ts': `import { supabase } from './lib';
import { Rpc, TABLES } from './names';
export const read = (table: 'notes' | 'people') => supabase.from(table).select('id');
export const all = () => supabase.from(TABLES.notes).select('id');
export const tidy = () => supabase.rpc(Rpc.Tidy);
export const either = (big: boolean) => supabase.from(big ? 'notes' : 'people').select('id');
`,
    },
    defect: {
      'src/generic.ts':
        "import { supabase } from './lib';\nexport const read = (table: string) => supabase.from(table).select('*');\n",
    },
    fixed: {
      'src/generic.ts':
        "import { supabase } from './lib';\nexport const read = () => supabase.from('notes').select('*');\n",
    },
  },
  expect: [{ object: 'file src/generic.ts', severity: 'medium' }],
  repair: '',
} satisfies CheckFixture;
