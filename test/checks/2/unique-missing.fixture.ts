import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'unique-missing',
  silent: `
    create table public.profiles (id uuid primary key, user_id uuid unique, slug text, deleted_at timestamptz, stripe_customer_id text);
    create unique index on public.profiles (lower(slug));
    create unique index on public.profiles (stripe_customer_id) where deleted_at is null;
    create table public.pages (id int primary key, team_id int, slug text, unique (team_id, slug));
    create table public.user_settings (user_id uuid, key text, primary key (user_id, key));
    create table public.order_items (id int primary key, stripe_price_id text, stripe_customer_id text);
    create table public.page_history (id int primary key, slug text);
    create table public.notes (id int primary key, user_id uuid);
  `,
  defect: `
    create table public.user_profiles (id uuid primary key, user_id uuid);
    create table public.posts (id int primary key, slug text);
    create index on public.posts (slug);
    create table public.teams (id int primary key, stripe_customer_id text);
    create table public.subscriptions (id int primary key, stripe_subscription_id text);
    create table public.projects (id int primary key);
    create table public.authors (id int primary key);
    create table public.changelogs (
      id int primary key,
      project_id int not null references public.projects (id) on delete cascade,
      author_id int not null references public.authors (id),
      slug text
    );
  `,
  expect: [
    { object: 'public.user_profiles.user_id', severity: 'high' },
    { object: 'public.posts.slug', severity: 'high', sql: '(slug)' },
    { object: 'public.teams.stripe_customer_id', severity: 'high' },
    { object: 'public.subscriptions.stripe_subscription_id', severity: 'high' },
    { object: 'public.changelogs.slug', severity: 'high', sql: '(project_id, slug)' },
  ],
} satisfies CheckFixture;
