import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'cascade-graph',
  silent: `
    create table public.shops (id int primary key);
    create table public.products (id int primary key, shop_id int references public.shops (id) on delete set null);
  `,
  // No cascade is there to be looked at.
  silentStatus: 'not-applicable',
  defect: `
    create table public.profiles (id uuid primary key references auth.users (id) on delete cascade);
    create table public.notes (id int primary key, author uuid references public.profiles (id) on delete cascade);
    create table public.likes (id int primary key, note_id int references public.notes (id) on delete restrict, by uuid references public.profiles (id) on delete set null);
    create table public.a (id int primary key);
    create table public.b (id int primary key, a_id int references public.a (id) on delete cascade);
    alter table public.a add column b_id int references public.b (id) on delete cascade;
  `,
  expect: [
    { object: 'auth.users', severity: 'info' },
    { object: 'public.a', severity: 'info' },
    { object: 'public.b', severity: 'info' },
  ],
  repair: `
    alter table public.profiles drop constraint profiles_id_fkey;
    alter table public.notes drop constraint notes_author_fkey;
    alter table public.b drop constraint b_a_id_fkey;
    alter table public.a drop constraint a_b_id_fkey;
  `,
} satisfies CheckFixture;
