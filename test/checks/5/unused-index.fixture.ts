import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'unused-index',
  silent: `
    create table public.owners (id int primary key);
    create table public.notes (id int primary key, owner_id int references public.owners (id), a int, b text unique);
    insert into public.notes select n, null, n, n::text from generate_series(1, 60000) n;
    create index notes_owner on public.notes (owner_id);
    create index notes_a on public.notes (a) where a < 100;
    create index notes_read on public.notes (a);
    analyze public.notes;
    set enable_seqscan = off;
    select count(*) from public.notes where a = 70;
    select count(*) from public.notes where a = 7000;
  `,
  defect: `create index notes_never on public.notes (a, id);`,
  expect: [{ object: 'index notes_never on public.notes', severity: 'low' }],
  // Statistics of a test database are seconds old.
  overlay: {
    silent: {
      volatileDatabase: {
        sizeBytes: 1e9,
        xidAge: 1000,
        statsReset: '2026-09-01T00:00:00Z',
        statsAgeSeconds: 84 * 86_400,
        blocksHit: 1000,
        blocksRead: 1,
        maxConnections: 60,
      },
    },
  },
} satisfies CheckFixture;
