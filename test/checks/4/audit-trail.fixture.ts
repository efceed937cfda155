import type { CheckFixture } from '../fixture.ts';
import { NAMED } from './named-database.ts';

export default {
  check: 'audit-trail',
  silent: `
create table public.payment_history (id bigint generated always as identity, row jsonb);
create function public.keep_payment() returns trigger language plpgsql set search_path = '' as $$ begin insert into public.payment_history (row) values (to_jsonb(old)); return null; end $$;
create table public.payments (id int primary key, amount numeric);
create trigger keep after update or delete on public.payments for each row execute function public.keep_payment();
create table public.subscribers (id int primary key, email text);
`,
  defect: `
create table public.refunds (id int primary key, amount numeric);
create table public.people (id int primary key, first_name text, date_of_birth date);
`,
  overlay: { defect: NAMED },
  expect: [{ object: 'database shop', severity: 'medium' }],
} satisfies CheckFixture;
