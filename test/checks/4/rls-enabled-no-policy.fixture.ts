import type { CheckFixture } from '../fixture.ts';
import { expose, GUARDED_NOTES } from './expose.ts';

export default {
  check: 'rls-enabled-no-policy',
  silent: `${expose('public')}${GUARDED_NOTES}
create table public.customers (id uuid primary key references auth.users (id), stripe_customer_id text);
alter table public.customers enable row level security;
create schema private;
create table private.jobs (id int primary key);
alter table private.jobs enable row level security;
`,
  declared: { serverOnlyTables: ['public.customers', 'public.webhook_events'] },
  defect: `
create table public.webhook_events (id text primary key);
alter table public.webhook_events enable row level security;
create table public.outbox (id int primary key);
alter table public.outbox enable row level security;
create table public.messages (id int primary key);
alter table public.messages enable row level security;
create table public.locked (id int primary key);
alter table public.locked enable row level security;
revoke all on public.locked from anon, authenticated;
`,
  repo: {
    silent: { 'package.json': '{"name":"app","dependencies":{"@supabase/supabase-js":"2"}}' },
    defect: {
      'src/messages.tsx':
        "'use client';\nimport { createClient } from '@supabase/supabase-js';\nconst supabase = createClient(process.env.NEXT_PUBLIC_SUPABASE_URL, process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY);\nexport async function messages() {\n  return supabase.from('messages').select('id');\n}\n",
    },
  },
  expect: [
    { object: 'public.outbox', severity: 'low' },
    { object: 'public.messages', severity: 'high' },
    { object: 'public.locked', severity: 'info' },
  ],
  repair: `
create policy "all" on public.messages for select to authenticated using (id > 0);
create policy "all" on public.outbox for select to authenticated using (id > 0);
create policy "all" on public.locked for select to authenticated using (id > 0);
`,
} satisfies CheckFixture;
