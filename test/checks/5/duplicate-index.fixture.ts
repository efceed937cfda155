import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'duplicate-index',
  silent: `
    create table public.notes (id int primary key, a int, b int, c text unique);
    create index on public.notes (a);
    create index on public.notes (a desc);
    create index on public.notes (b) where a > 0;
    create index on public.notes (b, a);
    create index on public.notes (c text_pattern_ops);
    create index on public.notes (lower(c));
    create unique index on public.notes (b, c);
    create unique index on public.notes (b, c, a);
  `,
  defect: `
    create index notes_copy on public.notes (a);
    create index notes_c on public.notes (c);
    create index notes_b on public.notes (b);
    create index aaa_lower on public.notes (lower(c));
  `,
  expect: [
    { object: 'index notes_copy on public.notes', severity: 'medium' },
    { object: 'index notes_c on public.notes', severity: 'medium' },
    { object: 'index notes_b on public.notes', severity: 'low' },
    { object: 'index notes_lower_idx on public.notes', severity: 'medium' },
  ],
} satisfies CheckFixture;
