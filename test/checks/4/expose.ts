/** Says, for this database only, which schemas the Data API serves; then goes on as role postgres. */
export function expose(...schemas: string[]): string {
  return `-- as supabase_admin
do $$ begin
  execute format('alter role authenticator in database %I set pgrst.db_schemas = %L', current_database(), '${schemas.join(', ')}');
end $$;
-- as postgres
`;
}

/** A table of users' own rows, guarded as it should be. */
export const GUARDED_NOTES = `
create table public.notes (id bigint generated always as identity primary key, user_id uuid not null references auth.users (id), body text);
alter table public.notes enable row level security;
create policy "own notes" on public.notes for all to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
`;
