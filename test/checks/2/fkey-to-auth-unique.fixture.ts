import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'fkey-to-auth-unique',
  silent: `create table public.profiles (id uuid primary key references auth.users (id) on delete cascade);`,
  defect: `
    create table public.phones (phone text constraint phones_phone references auth.users (phone));
    create table public.numbers (user_id uuid references auth.users (id), phone text constraint numbers_phone references auth.users (phone));
  `,
  expect: [
    { object: 'constraint phones_phone on public.phones', severity: 'high' },
    { object: 'constraint numbers_phone on public.numbers', severity: 'high' },
  ],
} satisfies CheckFixture;
