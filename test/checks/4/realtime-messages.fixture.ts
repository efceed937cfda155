import type { CheckFixture } from '../fixture.ts';

const ref = 'abcdefghijklmnopqrst';
const settings = (privateOnly: boolean) => ({ platformRealtime: { ref, privateOnly, suspended: false } });

const LIB = `import { createClient } from '@supabase/supabase-js';
export const supabase = createClient(process.env.URL!, process.env.ANON!);
`;
/** Changes of a table are the table's policies' business. */
const CHANGES = `import { supabase } from './lib';
supabase.channel('orders').on('postgres_changes', { event: '*', schema: 'public', table: 'orders' }, () => {}).subscribe();
`;
const room = (name: string, options: string) => `import { supabase } from './lib';
const channel = supabase.channel('${name}'${options});
channel.on('broadcast', { event: 'typing' }, () => {}).subscribe();
export const typing = () => channel.send({ type: 'broadcast', event: 'typing', payload: {} });
`;
const PRIVATE = ', { config: { private: true } }';

export default {
  check: 'realtime-messages',
  silent: `
    create policy "listen" on realtime.messages for select to authenticated using (realtime.topic() = 'user:' || (select auth.uid())::text);
    create policy "send" on realtime.messages for insert to authenticated with check (realtime.topic() = 'user:' || (select auth.uid())::text);
  `,
  defect: `
    drop policy "listen" on realtime.messages;
    drop policy "send" on realtime.messages;
  `,
  expect: [
    { object: 'setting private_only', severity: 'high', at: 'src/open.ts:2' },
    { object: 'realtime.messages', severity: 'high', at: 'src/room.ts:2' },
    { object: 'realtime.messages', severity: 'high', at: 'src/room.ts:2' },
  ],
  decided: '',
  repo: {
    silent: { 'src/lib.ts': LIB, 'src/changes.ts': CHANGES, 'src/room.ts': room('user:1', PRIVATE) },
    defect: { 'src/open.ts': room('lobby', '') },
    fixed: { 'src/open.ts': room('user:2', PRIVATE) },
  },
  overlay: { silent: settings(false), defect: settings(false), fixed: settings(true) },
} satisfies CheckFixture;
