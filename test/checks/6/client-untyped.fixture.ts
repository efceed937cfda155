import type { CheckFixture } from '../fixture.ts';

const create = (generic: string) =>
  `import { createClient } from '@supabase/supabase-js';\nimport type { Database } from './database.types';\nexport const supabase = createClient${generic}(process.env.URL!, process.env.ANON!);\n`;
const types =
  'export type Database = { public: { Tables: { notes: { Row: { id: number }; Insert: {}; Update: {} } }; Views: {}; Functions: {}; Enums: {} } };\n';

export default {
  check: 'client-untyped',
  silent: '',
  defect: '',
  repo: {
    silent: {
      'src/database.types.ts': types,
      'src/lib.ts': create('<Database>'),
      'src/annotated.ts':
        "import { createClient, type SupabaseClient } from '@supabase/supabase-js';\nimport type { Database } from './database.types';\nexport const client: SupabaseClient<Database> = createClient(process.env.URL!, process.env.ANON!);\n",
      'tools/job.js':
        "import { createClient } from '@supabase/supabase-js';\nexport const job = createClient('a', 'b');\n",
      '.github/workflows/ci.yml':
        'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: npx supabase gen types typescript --local > src/database.types.ts\n',
    },
    defect: { 'src/lib.ts': create(''), '.github/workflows/ci.yml': 'on: push\njobs: {}\n' },
    fixed: {
      'src/lib.ts': create('<Database>'),
      '.github/workflows/ci.yml':
        'on: push\njobs:\n  a:\n    steps:\n      - run: supabase gen types typescript --linked\n',
    },
  },
  expect: [
    { object: 'file src/lib.ts', severity: 'medium' },
    { object: 'file src/database.types.ts', severity: 'low' },
  ],
  repair: '',
} satisfies CheckFixture;
