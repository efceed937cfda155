import type { CheckFixture } from '../fixture.ts';

const types = (notes: string, more = '') => `export type Database = {
  __InternalSupabase: { PostgrestVersion: "13.0.5" }
  graphql_public: { Tables: { [_ in never]: never }; Views: { [_ in never]: never }; Functions: { graphql: { Args: {}; Returns: unknown } }; Enums: { [_ in never]: never } }
  public: {
    Tables: {
      notes: { Row: { id: number; mood: string; ${notes} initials: string | null }; Insert: { id?: never }; Update: { id?: never }; Relationships: [] }
      ${more}
    }
    Views: { heads: { Row: { head: string | null }; Relationships: [] } }
    Functions: { tidy: { Args: { most: number }; Returns: undefined } }
    Enums: { mood: "good" | "bad" }
  }
}
`;

export default {
  check: 'types-drift',
  silent: `
    create extension if not exists citext with schema public;
    create type public.mood as enum ('good', 'bad');
    create table public.notes (id bigint generated always as identity primary key, mood public.mood not null, body text);
    create view public.heads as select left(body, 3) as head from public.notes;
    create function public.initials(note public.notes) returns text language sql stable as $$ select left(note.body, 1) $$;
    create function public.tidy(most int) returns void language sql as $$ select $$;
    create function public.on_note() returns trigger language plpgsql as $$ begin return new; end $$;
  `,
  defect: `
    create table public.drafts (id bigint generated always as identity primary key);
    alter table public.notes add column stars int;
    alter type public.mood add value 'fair';
  `,
  repo: {
    silent: { 'src/database.types.ts': types('body: string | null;') },
    defect: {
      'src/database.types.ts': types(
        'body: string | null; colour: string;',
        'spaces: { Row: { id: number }; Insert: {}; Update: {}; Relationships: [] }',
      ),
    },
    fixed: { 'src/database.types.ts': types('body: string | null;') },
  },
  expect: [
    { object: 'public.drafts', severity: 'high' },
    { object: 'public.notes', severity: 'high' },
    { object: 'public.spaces', severity: 'high' },
    { object: 'public.mood', severity: 'high' },
  ],
  // Regenerating is a command: the tables go back to what the types say.
  repair: `
    drop table public.drafts;
    alter table public.notes drop column stars;
    drop view public.heads;
    drop function public.initials(public.notes);
    alter table public.notes alter column mood type text;
    drop type public.mood;
    create type public.mood as enum ('good', 'bad');
    alter table public.notes alter column mood type public.mood using mood::public.mood;
    create view public.heads as select left(body, 3) as head from public.notes;
    create function public.initials(note public.notes) returns text language sql stable as $$ select left(note.body, 1) $$;
  `,
} satisfies CheckFixture;
