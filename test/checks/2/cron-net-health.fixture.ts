import type { CheckFixture } from '../fixture.ts';

const job = (
  name: string,
  runs7d: number,
  failed7d: number,
  lastStatus: string,
  command = 'select public.tidy(1)',
) => ({
  name,
  schedule: '0 * * * *',
  command,
  database: 'postgres',
  username: 'postgres',
  active: true,
  runs7d,
  failed7d,
  lastStatus,
});

export default {
  check: 'cron-net-health',
  silent: 'create function public.tidy(n int) returns void language sql as $$ select $$;',
  defect: '',
  expect: [
    { object: 'cron job lost', severity: 'high' },
    { object: 'cron job nightly', severity: 'high' },
    { object: 'cron job often', severity: 'high' },
    { object: 'extension pg_net', severity: 'medium' },
  ],
  repair: '',
  // Neither pg_cron nor pg_net runs on the test server.
  overlay: {
    silent: {
      cronJobs: [job('hourly', 100, 1, 'succeeded'), { ...job('old', 5, 5, 'failed'), active: false }],
      httpResponses: { total: 10, failed: 3 },
    },
    defect: {
      cronJobs: [
        job('nightly', 7, 1, 'failed'),
        job('often', 100, 9, 'succeeded'),
        job('lost', 10, 0, 'succeeded', 'select public.cleanup()'),
      ],
      httpResponses: { total: 200, failed: 12 },
    },
    fixed: { cronJobs: [job('nightly', 8, 0, 'succeeded')], httpResponses: { total: 200, failed: 0 } },
  },
} satisfies CheckFixture;
