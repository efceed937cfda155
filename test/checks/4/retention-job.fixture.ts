import type { CheckFixture } from '../fixture.ts';
import { NAMED } from './named-database.ts';

const job = (command: string) => ({
  name: 'clean',
  schedule: '17 3 * * *',
  command,
  database: 'shop',
  username: 'postgres',
  active: true,
  runs7d: 7,
  failed7d: 0,
  lastStatus: 'succeeded',
});
const visits = job("delete from public.visits where at < now() - interval '90 days'");

/** pg_cron does not run in a test server: its jobs are laid over. */
export default {
  check: 'retention-job',
  silent: `
create table public.visits (id int primary key, at timestamptz, ip_address inet);
create table public.profiles (id int primary key, created_at timestamptz, email text);
create table public.login_events (at timestamptz, user_agent text) partition by range (at);
create table public.attempts (id int primary key, at timestamptz, email text);
create function public.sweep() returns void language sql as $$ delete from public.attempts where at < now() $$;
create function public.roll() returns void language plpgsql as $$ begin execute format('drop table public.login_events_%s', to_char(now() - interval '1 year', 'YYYY')); end $$;
`,
  defect: `create table public.contact_messages (id int primary key, created_at timestamptz, email text);`,
  overlay: {
    silent: { cronJobs: [visits, job('select public.sweep()'), job('select public.roll()')] },
    // A job that only reads a table does not shorten what it keeps.
    defect: {
      ...NAMED,
      cronJobs: [visits, job('select public.sweep()'), job('select count(*) from public.contact_messages')],
    },
    fixed: {
      cronJobs: [
        visits,
        job('select public.sweep()'),
        job('select public.roll()'),
        job("delete from public.contact_messages where created_at < now() - interval '1 year'"),
      ],
    },
  },
  expect: [{ object: 'database shop', severity: 'medium' }],
  repair: '',
} satisfies CheckFixture;
