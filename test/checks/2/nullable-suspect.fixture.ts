import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'nullable-suspect',
  silent: `
    create table public.notes (id int primary key, author_id int, email text, title text, status text not null);
    insert into public.notes select n, nullif(n % 10, 0), null, 't', 'open' from generate_series(1, 1200) n;
    create table public.few (id int primary key, author_id int);
    insert into public.few select n, n from generate_series(1, 20) n;
    analyze public.notes, public.few;
  `,
  defect: `
    create table public.tickets (id int primary key, author_id int, status text, note text);
    insert into public.tickets select n, n, 'open', 'x' from generate_series(1, 1200) n;
    analyze public.tickets;
  `,
  expect: [
    { object: 'public.tickets.author_id', severity: 'low' },
    { object: 'public.tickets.status', severity: 'low' },
  ],
} satisfies CheckFixture;
