import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'timestamps',
  silent: `
    create table public.plans (code text primary key, label text);
    create table public.users_plans (user_id uuid references auth.users (id), plan text references public.plans (code), primary key (user_id, plan));
    create table public.notes (id int primary key, user_id uuid references auth.users (id), body text, inserted_at timestamptz default now(), updated_at timestamptz);
    create table public.audit_log (id int primary key, user_id uuid references auth.users (id), what text, occurred_at timestamptz not null);
    create function public.stamp() returns trigger language plpgsql as 'begin new.created_at := now(); return new; end';
    create table public.letters (id int primary key, user_id uuid references auth.users (id), body text, created_at timestamptz not null);
    create trigger stamp before insert on public.letters for each row execute function public.stamp();
    alter table public.letters enable row level security;
    create policy server on public.letters for all to service_role using (true);
    create view public.v as select id from public.notes;
  `,
  defect: `
    create table public.orders (id int primary key, user_id uuid references auth.users (id), total numeric);
    alter table public.orders enable row level security;
    create policy "own" on public.orders for all using (user_id = (select auth.uid()));
    create table public.settings (id int primary key, value text);
    create table public.posts (id int primary key, body text, created_at timestamptz, updated_at timestamptz not null);
  `,
  expect: [
    { object: 'public.orders', severity: 'medium' },
    { object: 'public.orders', severity: 'medium' },
    { object: 'public.settings', severity: 'low' },
    { object: 'public.posts.created_at', severity: 'medium' },
    { object: 'public.posts.updated_at', severity: 'medium' },
  ],
} satisfies CheckFixture;
