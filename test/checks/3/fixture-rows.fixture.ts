import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'fixture-rows',
  // One made-up address in two hundred is what people type into forms.
  silent: `
    create table public.subscribers (id int primary key, email text, name text, phone text);
    insert into public.subscribers select n, case n when 7 then 'test@test.com' else 'c' || n || '@post.kade.nl' end, 'Elif Claes', '+31 6 12345678' from generate_series(1, 200) n;
  `,
  defect: `
    create table public.customers (id int primary key, full_name text, phone text, email text, bio text);
    insert into public.customers values
      (1, 'John Doe', '(212) 555-0123', 'a@example.com', 'Lorem ipsum dolor sit amet'),
      (2, 'Elif Claes', '+31 6 12345678', 'elif@post.kade.nl', 'sails');
  `,
  expect: ['full_name', 'phone', 'email', 'bio'].map((column) => ({
    object: `public.customers.${column}`,
    severity: 'medium' as const,
  })),
  repair: 'delete from public.customers where id = 1;',
} satisfies CheckFixture;
