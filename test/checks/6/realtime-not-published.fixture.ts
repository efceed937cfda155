import type { CheckFixture } from '../fixture.ts';

const files = {
  'src/lib.ts':
    "import { createClient } from '@supabase/supabase-js';\nimport type { Database } from './types';\nexport const supabase = createClient<Database>(process.env.URL!, process.env.ANON!);\n",
  'supabase/config.toml': '[api]\nschemas = ["public", "graphql_public"]\n',
  'package.json': '{"dependencies": {"react": "19.2.9", "vite": "7.0.0", "@supabase/supabase-js": "2.109.0"}}',
};
const listen = (table: string) => `import { supabase } from './lib';
export const channel = supabase
  .channel('room')
  .on('postgres_changes', { event: '*', schema: 'public', table: '${table}' }, () => {})
  .subscribe();
`;

export default {
  check: 'realtime-not-published',
  silent: `
    create table public.messages (id bigint generated always as identity primary key);
    create table public.orders (id bigint generated always as identity primary key);
    alter publication supabase_realtime add table public.messages;
  `,
  defect: '',
  repo: {
    silent: { ...files, 'src/messages.ts': listen('messages') },
    defect: { 'src/orders.ts': listen('orders') },
  },
  expect: [{ object: 'public.orders', severity: 'high' }],
} satisfies CheckFixture;
