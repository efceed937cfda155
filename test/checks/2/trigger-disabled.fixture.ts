import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'trigger-disabled',
  silent: `
    create function public.f() returns trigger language plpgsql as 'begin return new; end';
    create table public.parents (id int primary key);
    create table public.notes (id int primary key, parent_id int constraint notes_parent references public.parents (id) on delete cascade);
    create trigger on_insert after insert on public.notes for each row execute function public.f();
    create trigger always after update on public.notes for each row execute function public.f();
    alter table public.notes enable always trigger always;
  `,
  defect: `
    alter table public.notes disable trigger on_insert;
    create trigger replica after insert on public.parents for each row execute function public.f();
    alter table public.parents enable replica trigger replica;
    create table public.lines (id int primary key, note_id int constraint lines_note references public.notes (id));
    -- as supabase_admin
    alter table public.lines disable trigger all;
  `,
  expect: [
    { object: 'trigger on_insert on public.notes', severity: 'high' },
    { object: 'trigger replica on public.parents', severity: 'high' },
    { object: 'public.lines', severity: 'blocker' },
  ],
} satisfies CheckFixture;
