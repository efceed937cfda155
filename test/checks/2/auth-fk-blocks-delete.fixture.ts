import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'auth-fk-blocks-delete',
  silent: `
    create table public.profiles (id uuid primary key references auth.users (id) on delete cascade);
    create table public.notes (id int primary key, user_id uuid references auth.users (id) on delete set null, parent_id int references public.notes (id));
    create table public.cards (id int primary key, profile_id uuid references public.profiles (id) on delete cascade);
    create table public.plans (id int primary key);
    create table public.subscriptions (id int primary key, plan_id int references public.plans (id));
  `,
  defect: `
    create table public.posts (id int primary key, author uuid not null constraint posts_author references auth.users (id));
    create table public.orders (id int primary key, buyer uuid not null constraint orders_buyer references auth.users (id) on delete restrict);
    create table public.devices (id uuid primary key constraint devices_id references auth.users (id));
    create table public.letters (id int primary key, profile_id uuid constraint letters_profile references public.profiles (id));
  `,
  expect: [
    { object: 'constraint posts_author on public.posts', severity: 'high' },
    { object: 'constraint orders_buyer on public.orders', severity: 'high' },
    { object: 'constraint devices_id on public.devices', severity: 'high' },
    { object: 'constraint letters_profile on public.letters', severity: 'medium' },
  ],
} satisfies CheckFixture;
