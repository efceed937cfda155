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
insert into auth.users (id) values ('00000000-0000-4000-8000-000000000001');
insert into auth.audit_log_entries (id) values ('00000000-0000-4000-8000-000000000001');
`,
  defect: `
create table public.refunds (id int primary key, amount numeric);
create table public.people (id int primary key, first_name text, date_of_birth date);
delete from auth.audit_log_entries;
`,
  overlay: { defect: NAMED },
  expect: [
    { object: 'database shop', severity: 'medium' },
    { object: 'auth.audit_log_entries', severity: 'medium' },
  ],
  decided: `insert into auth.audit_log_entries (id) values ('00000000-0000-4000-8000-000000000002')`,
} satisfies CheckFixture;
