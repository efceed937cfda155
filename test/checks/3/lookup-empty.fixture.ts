import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'lookup-empty',
  silent: `
    create table public.plans (id int primary key);
    insert into public.plans values (1);
    create table public.organizations (id uuid primary key);
    create table public.profiles (id uuid primary key references auth.users (id));
    create table public.tags (id int primary key);
    create table public.subscriptions (
      id int primary key, plan_id int not null references public.plans (id), org uuid not null references public.organizations (id),
      owner uuid not null references public.profiles (id), tag int references public.tags (id)
    );
  `,
  defect: `
    create table public.currencies (code text primary key);
    create table public.product_categories (id int primary key);
    create table public.products (
      id int primary key, currency text not null references public.currencies (code), category int not null references public.product_categories (id)
    );
  `,
  expect: [
    { object: 'public.currencies', severity: 'medium' },
    { object: 'public.product_categories', severity: 'medium' },
  ],
  repair: `
    insert into public.currencies values ('EUR');
    insert into public.product_categories values (1);
  `,
} satisfies CheckFixture;
