/**
 * Where Supabase's linter (supabase/splinter 55db5b1) errs, each reproduced by running it: what it misses and we find, and
 * what it reports and we do not. CATALOGUE.md A marks them ✓. Each runs on our baseline alone.
 */
export interface Gap {
  lint: string;
  /** What splinter does wrong here. */
  flaw: string;
  splinter: 'misses' | 'false alarm';
  sql: string;
  /** describeObject() of our finding, where splinter has none, or of its one, where we have none. */
  object: string;
  /** Checks of ours that must say it; that must not, where it is a false alarm. */
  checks: readonly string[];
  /** False where splinter does not know which schemas the API serves, as when its settings are not in the database. */
  exposureInSession?: false;
}

export const GAPS: readonly Gap[] = [
  {
    lint: 'unindexed_foreign_keys',
    flaw: 'counts a partial index as cover',
    splinter: 'misses',
    sql: `create table public.teams (id int primary key);
      create table public.notes (id int primary key, team_id int references public.teams, gone boolean);
      create index on public.notes (team_id) where not gone;`,
    object: 'constraint notes_team_id_fkey on public.notes',
    checks: ['unindexed-foreign-keys'],
  },
  {
    lint: 'auth_users_exposed',
    flaw: 'does not see a view of a view',
    splinter: 'misses',
    sql: `create schema hidden;
      create view hidden.people as select id, email from auth.users;
      create view public.people as select * from hidden.people;
      grant select on public.people to anon;`,
    object: 'public.people',
    checks: ['auth-users-exposed'],
  },
  {
    lint: 'auth_rls_initplan',
    flaw: 'one wrapped call hides a bare one',
    splinter: 'misses',
    sql: `create table public.notes (id int primary key, user_id uuid, editor uuid);
      alter table public.notes enable row level security;
      create policy own on public.notes for select to authenticated
        using ((select auth.uid()) = user_id or auth.uid() = editor);`,
    object: 'policy own on public.notes',
    checks: ['auth-rls-initplan'],
  },
  {
    lint: 'auth_rls_initplan',
    flaw: 'does not look into helper functions',
    splinter: 'misses',
    sql: `create table public.notes (id int primary key, user_id uuid);
      alter table public.notes enable row level security;
      create function public.me() returns uuid language sql stable security definer set search_path = '' as 'select auth.uid()';
      create policy own on public.notes for select to authenticated using (public.me() = user_id);`,
    object: 'policy own on public.notes',
    checks: ['auth-rls-initplan'],
  },
  {
    lint: 'no_primary_key',
    flaw: 'skips the roots of partitioned tables',
    splinter: 'misses',
    sql: 'create table public.measures (at date not null, value int) partition by range (at);',
    object: 'public.measures',
    checks: ['no-primary-key'],
  },
  {
    lint: 'policy_exists_rls_disabled',
    flaw: 'skips the roots of partitioned tables',
    splinter: 'misses',
    sql: `create table public.measures (at date not null, value int, primary key (at)) partition by range (at);
      create policy own on public.measures for select to authenticated using (value > 1);`,
    object: 'public.measures',
    checks: ['policy-exists-rls-disabled'],
  },
  {
    lint: 'rls_enabled_no_policy',
    flaw: 'skips the roots of partitioned tables',
    splinter: 'misses',
    sql: `create table public.measures (at date not null, value int, primary key (at)) partition by range (at);
      alter table public.measures enable row level security;
      grant select on public.measures to authenticated;`,
    object: 'public.measures',
    checks: ['rls-enabled-no-policy'],
  },
  {
    lint: 'security_definer_view',
    flaw: 'asks for SELECT alone: a definer view that may only be written through is not seen',
    splinter: 'misses',
    sql: `create table public.notes (id int primary key, body text);
      alter table public.notes enable row level security;
      create view public.inbox as select id, body from public.notes;
      revoke all on public.inbox from anon, authenticated;
      grant insert on public.inbox to anon;`,
    object: 'public.inbox',
    checks: ['view-write-through'],
  },
  {
    lint: 'function_search_path_mutable',
    flaw: 'reports aggregates, which cannot have settings',
    splinter: 'false alarm',
    sql: "create aggregate public.total (int) (sfunc = int4pl, stype = int, initcond = '0');",
    object: 'public.total',
    checks: ['function-search-path-mutable'],
  },
  ...['partition root', 'write privileges alone', 'column privileges alone'].map(
    (what): Gap => ({
      lint: 'rls_disabled_in_public',
      flaw: `does not see ${what === 'partition root' ? 'the roots of partitioned tables' : what}`,
      splinter: 'misses',
      sql: `create table public.notes (id int primary key, body text)${what === 'partition root' ? ' partition by range (id)' : ''};
        revoke all on public.notes from anon, authenticated;
        grant ${{ 'partition root': 'select', 'write privileges alone': 'insert' }[what] ?? 'select (body)'} on public.notes to anon;`,
      object: 'public.notes',
      checks: ['rls-all-privileges'],
    }),
  ),
  {
    lint: 'rls_disabled_in_public',
    flaw: 'says nothing where its session does not know the exposed schemas (supabase/cli#5868)',
    splinter: 'misses',
    sql: 'create table public.notes (id int primary key, body text); grant select on public.notes to anon;',
    object: 'public.notes',
    checks: ['rls-all-privileges'],
    exposureInSession: false,
  },
  {
    lint: 'rls_references_user_metadata',
    flaw: 'does not see the same data read from auth.users',
    splinter: 'misses',
    sql: `create table public.notes (id int primary key, team text);
      alter table public.notes enable row level security;
      create policy team on public.notes for select to authenticated
        using (team = (select u.raw_user_meta_data ->> 'team' from auth.users u where u.id = (select auth.uid())));`,
    object: 'policy team on public.notes',
    checks: ['rls-references-user-metadata'],
  },
  {
    lint: 'insecure_queue_exposed_in_api',
    flaw: 'asks for partitioned indexes where it means partitioned tables',
    splinter: 'misses',
    sql: `create schema pgmq; create schema pgmq_public;
      create table pgmq.q_mail (msg_id bigint) partition by range (msg_id);
      grant usage on schema pgmq, pgmq_public to anon; grant select on pgmq.q_mail to anon;
      -- as supabase_admin
      do $$ begin execute format('alter role authenticator in database %I set pgrst.db_schemas = %L', current_database(), 'public, pgmq_public'); end $$;
      -- as postgres`,
    object: 'pgmq.q_mail',
    checks: ['insecure-queue-exposed'],
  },
  ...['auth.uid() is not null', 'id = id'].map(
    (expression): Gap => ({
      lint: 'rls_policy_always_true',
      flaw: `does not see that ${expression} holds for everybody signed in`,
      splinter: 'misses',
      sql: `create table public.notes (id int primary key, user_id uuid);
        alter table public.notes enable row level security;
        grant select, update, delete on public.notes to authenticated;
        create policy open on public.notes for update to authenticated using (${expression});`,
      object: 'policy open on public.notes',
      checks: ['policy-any-authenticated', 'rls-policy-always-true'],
    }),
  ),
  {
    lint: 'rls_policy_always_true',
    flaw: 'takes a policy without an expression for one that lets all pass; PostgreSQL lets none pass',
    splinter: 'false alarm',
    sql: `create table public.notes (id int primary key);
      alter table public.notes enable row level security;
      grant insert on public.notes to authenticated;
      create policy nobody on public.notes for insert to authenticated;`,
    object: 'policy nobody on public.notes',
    checks: ['rls-policy-always-true', 'policy-check-true'],
  },
  ...['anon', 'authenticated'].flatMap((role): Gap[] => [
    {
      lint: `${role}_security_definer_function_executable`,
      flaw: 'reports trigger functions, which nobody can call',
      splinter: 'false alarm',
      sql: `create function public.touch() returns trigger language plpgsql security definer set search_path = '' as 'begin return new; end';
        grant execute on function public.touch() to ${role};`,
      object: 'public.touch()',
      checks: [`${role}-security-definer-function-executable`],
    },
    {
      lint: `${role}_security_definer_function_executable`,
      flaw: 'reports functions of extensions, which their owner cannot change',
      splinter: 'false alarm',
      sql: `create function public.of_extension() returns int language sql security definer set search_path = '' as 'select 1';
        grant execute on function public.of_extension() to ${role};
        -- as supabase_admin
        create extension if not exists pg_trgm with schema extensions;
        alter extension pg_trgm add function public.of_extension();
        -- as postgres`,
      object: 'public.of_extension()',
      checks: [`${role}-security-definer-function-executable`],
    },
  ]),
];
