import type { CheckFixture } from '../fixture.ts';
import { expose } from './expose.ts';

export default {
  check: 'insecure-queue-exposed',
  silent: `${expose('public', 'pgmq_public')}
-- as supabase_admin
create schema if not exists pgmq;
create table pgmq.q_mails (msg_id bigint primary key, message jsonb);
alter table pgmq.q_mails enable row level security;
grant all on pgmq.q_mails to anon, authenticated;
create table pgmq.q_internal (msg_id bigint primary key, message jsonb);
create table pgmq.a_mails (msg_id bigint primary key, message jsonb);
grant all on pgmq.a_mails to authenticated;
`,
  defect: `
-- as supabase_admin
create table pgmq.q_orders (msg_id bigint primary key, message jsonb);
grant select, delete on pgmq.q_orders to authenticated;
create table pgmq.q_clicks (msg_id bigint, message jsonb) partition by range (msg_id);
create table pgmq.q_clicks_default partition of pgmq.q_clicks default;
grant insert on pgmq.q_clicks to anon;
`,
  expect: [
    { object: 'pgmq.q_orders', severity: 'blocker' },
    { object: 'pgmq.q_clicks', severity: 'blocker' },
  ],
  // The queues of this fixture belong to supabase_admin; the fix is the check's own, run as their owner.
  repair: `
-- as supabase_admin
alter table pgmq.q_orders enable row level security;
alter table pgmq.q_clicks enable row level security;
`,
} satisfies CheckFixture;
