import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'updated-at-trigger',
  silent: `
    create function public.set_updated_at() returns trigger language plpgsql set search_path = '' as 'begin new.updated_at = now(); return new; end';
    create table public.notes (id int primary key, updated_at timestamptz default now());
    create trigger t before update on public.notes for each row execute function public.set_updated_at();
    create extension moddatetime with schema extensions;
    create table public.posts (id int primary key, modified_at timestamptz default now());
    create trigger t before insert or update on public.posts for each row execute function extensions.moddatetime(modified_at);
    create function public.copy_all() returns trigger language plpgsql as 'begin new := jsonb_populate_record(new, jsonb_build_object(''updated_at'', now())); return new; end';
    create table public.pages (id int primary key, updated_at timestamptz default now());
    create trigger t before update on public.pages for each row execute function public.copy_all();
    create view public.v as select updated_at from public.notes;
  `,
  defect: `
    create function public.other() returns trigger language plpgsql as 'begin new.id = old.id; return new; end';
    create table public.orders (id int primary key, updated_at timestamptz default now());
    create trigger t before update on public.orders for each row execute function public.other();
    create table public.carts (id int primary key, updated_at timestamptz default now());
    create trigger t before update on public.carts for each row execute function public.set_updated_at();
    alter table public.carts disable trigger t;
    create table public.teams (id int primary key, last_modified timestamptz default now());
  `,
  expect: [
    { object: 'public.orders.updated_at', severity: 'medium' },
    { object: 'public.carts.updated_at', severity: 'medium' },
    { object: 'public.teams.last_modified', severity: 'medium' },
  ],
} satisfies CheckFixture;
