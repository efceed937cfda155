import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'soft-delete',
  silent: `
    create table public.notes (id int primary key, deleted_at timestamptz);
    alter table public.notes enable row level security;
    create policy r on public.notes for select using (deleted_at is null);
    create table public.posts (id int primary key, deleted_at timestamptz);
    alter table public.posts enable row level security;
    create policy r on public.posts for select using (true);
    create policy x on public.posts as restrictive for select using (deleted_at is null);
    create table public.internal (id int primary key, deleted_at timestamptz);
    alter table public.internal enable row level security;
    create policy s on public.internal for all to service_role using (true);
  `,
  defect: `
    create table public.orders (id int primary key, deleted_at timestamptz);
    alter table public.orders enable row level security;
    create policy r on public.orders for select to authenticated using (true);
  `,
  expect: [{ object: 'public.orders.deleted_at', severity: 'medium' }],
} satisfies CheckFixture;
