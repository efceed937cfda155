import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'cascade-on-records',
  silent: `
    create table public.orders (id int primary key, user_id uuid references auth.users (id) on delete set null);
    create table public.order_items (id int primary key, order_id int not null references public.orders (id) on delete cascade);
    create table public.teams (id int primary key);
    create table public.payment_methods (id int primary key, team_id int references public.teams (id) on delete cascade);
    create table public.billing_subscriptions (id int primary key, team_id int references public.teams (id) on delete cascade);
    create table public.members (id int primary key, team_id int not null references public.teams (id) on delete cascade);
    create table public.ledger_entries (id int primary key, reverses int references public.ledger_entries (id) on delete cascade);
    create table public.docs (org int not null, id int, primary key (org, id));
    create table public.pages (org int not null, doc int, id int primary key, foreign key (org, doc) references public.docs (org, id) on delete set null (doc));
  `,
  defect: `
    create table public.payments (id int primary key, order_id int not null constraint payments_order references public.orders (id) on delete cascade);
    create table public.invoices (id int primary key, team_id int not null constraint invoices_team references public.teams (id) on delete cascade);
    create table public.audit_logs (id int primary key, user_id uuid constraint audit_user references auth.users (id) on delete cascade);
    create table public.seats (id int primary key, team_id int not null constraint seats_team references public.teams (id) on delete set null);
  `,
  expect: [
    { object: 'constraint payments_order on public.payments', severity: 'high' },
    { object: 'constraint invoices_team on public.invoices', severity: 'high' },
    { object: 'constraint audit_user on public.audit_logs', severity: 'high' },
    { object: 'constraint seats_team on public.seats', severity: 'blocker' },
  ],
} satisfies CheckFixture;
