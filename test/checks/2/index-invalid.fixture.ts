import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'index-invalid',
  silent: `
    create table public.notes (id int primary key, a int);
    create index notes_a on public.notes (a);
    create table public.log (id int, at date) partition by range (at);
    create table public.log_2026 partition of public.log for values from ('2026-01-01') to ('2027-01-01');
    create index log_at on only public.log (at);
  `,
  // What a failed CREATE INDEX CONCURRENTLY leaves behind.
  defect: `
    -- as supabase_admin
    update pg_index set indisvalid = false where indexrelid = 'public.notes_a'::regclass;
  `,
  expect: [{ object: 'index notes_a on public.notes', severity: 'high' }],
} satisfies CheckFixture;
