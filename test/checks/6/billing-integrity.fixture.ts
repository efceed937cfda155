import type { CheckFixture } from '../fixture.ts';

const testKey = ['sk', 'test', '51Hq8ZkAbCdEfGhIjKlMnOp'].join('_');
const liveKey = ['sk', 'live', '51Hq8ZkAbCdEfGhIjKlMnOp'].join('_');

export default {
  check: 'billing-integrity',
  silent: `
    create table public.webhook_events (id bigint generated always as identity primary key, event_id text not null unique, type text);
    create table public.calendar_events (id bigint primary key, event_id text);
    create table public.billing_events (provider text, event_id text, unique (provider, event_id));
  `,
  defect: `alter table public.webhook_events drop constraint webhook_events_event_id_key;`,
  repo: {
    silent: {
      '.gitignore': '.env*\n',
      '.env.local': `STRIPE_API_KEY=${testKey}\n`,
      '.env.production': `STRIPE_API_KEY=${liveKey}\n`,
    },
    defect: { '.env.production': `STRIPE_API_KEY=${testKey}\n` },
    fixed: { '.env.production': `STRIPE_API_KEY=${liveKey}\n` },
  },
  expect: [
    { object: 'public.webhook_events.event_id', severity: 'high' },
    { object: 'file .env.production', severity: 'blocker' },
  ],
  repair: 'alter table public.webhook_events add constraint webhook_events_event_id_key unique (event_id);',
} satisfies CheckFixture;
