import { BOOKKEEPING } from '../tables.ts';

/*
 * What is not compared, and why. Supabase changes its own objects in every project, in its own time, and our baseline of
 * them is one version among many; a difference there is nobody's drift. What a project adds to them is compared.
 * Sources: migrations of supabase/postgres and of the services auth, storage, realtime; docs of the extensions.
 */

/** Roles that Supabase makes and keeps. What they own in a schema of Supabase's is Supabase's. */
export const PLATFORM_ROLES: ReadonlySet<string> = new Set([
  'anon',
  'authenticated',
  'authenticator',
  'cli_login_postgres',
  'dashboard_user',
  'pgbouncer',
  'pgsodium_keyholder',
  'pgsodium_keyiduser',
  'pgsodium_keymaker',
  'pgtle_admin',
  'postgres',
  'service_role',
  'supabase_admin',
  'supabase_auth_admin',
  'supabase_etl_admin',
  'supabase_functions_admin',
  'supabase_privileged_role',
  'supabase_read_only_user',
  'supabase_realtime_admin',
  'supabase_replication_admin',
  'supabase_storage_admin',
  'supabase_superuser',
]);

/** Of these the project’s data are reached: their attributes, memberships and settings are compared although they are Supabase’s. */
export const API_ROLES: ReadonlySet<string> = new Set(['anon', 'authenticated', 'service_role', 'authenticator']);

/** Roles that requests arrive as, and everybody: grants to them on Supabase’s own tables are compared. */
export const REQUEST_ROLES: ReadonlySet<string> = new Set(['anon', 'authenticated', 'public']);

/** One exclusion: what it leaves out, and why. */
export interface Exclusion {
  /** Unique; test/drift makes a change of each. */
  id: string;
  what: string;
  why: string;
}

/** Everything that drift leaves out; written into the check’s page. */
export const EXCLUSIONS: readonly Exclusion[] = [
  {
    id: 'platform objects',
    what: 'tables, columns, constraints, indexes, functions, types, sequences and comments that a role of Supabase owns in auth, storage, realtime, vault, graphql, cron, net, pgmq and the other schemas of Supabase',
    why: 'the services migrate them themselves, each project at its own time; policies, triggers, row level security and grants to anon, authenticated and everybody on them are compared',
  },
  {
    id: 'extension members',
    what: 'objects that belong to an extension',
    why: 'they come with its version; the extension itself is compared',
  },
  { id: 'temporary objects', what: 'temporary objects', why: 'they end with their session' },
  {
    id: 'books',
    what: 'the books of migration tools (supabase_migrations, _prisma_migrations, drizzle.__drizzle_migrations and others)',
    why: 'the tool makes them, not a migration; the check migration-history reads them',
  },
  {
    id: 'platform roles',
    what: 'attributes and settings of Supabase’s own roles, except anon, authenticated, service_role and authenticator',
    why: 'Supabase sets them with every upgrade of a project',
  },
  {
    id: 'platform settings',
    what: 'settings pgrst.*, session_preload_libraries and log_* of roles, and app.settings.*, cron.*, pgsodium.* and search_path of the database',
    why: 'the dashboard and Supabase’s own start scripts set them',
  },
  {
    id: 'default privileges',
    what: 'default privileges of roles other than the one that runs the migrations, and those inside Supabase’s schemas',
    why: 'only Supabase’s services make objects as those roles',
  },
  {
    id: 'platform publications',
    what: 'the publications of realtime’s own messages, and event triggers of Supabase’s functions',
    why: 'Supabase makes them in every project and changes them with its versions',
  },
  {
    id: 'owner of public',
    what: 'the owner of schema public',
    why: 'it is pg_database_owner, or postgres in projects that began before PostgreSQL 15',
  },
  {
    id: 'partitions',
    what: 'partitions that only one side has, unless one replaces another',
    why: 'jobs make and drop them (pg_partman, pg_cron); they are said as of low severity',
  },
  {
    id: 'secrets',
    what: 'passwords, and options of user mappings',
    why: 'they are secrets, which this tool never reads',
  },
  {
    id: 'versions',
    what: 'extension versions where the two servers differ in major version, and everything that rests on a stand-in for an extension',
    why: 'the version comes with the server, and a stand-in has signatures only',
  },
];

/** Publications that Supabase’s services keep. `supabase_realtime` is the project’s: the dashboard and migrations fill it. */
export const PLATFORM_PUBLICATIONS: ReadonlySet<string> = new Set([
  'supabase_realtime_messages_publication',
  'supabase_realtime_messages_publication_v2',
  'supabase_realtime_messages_publication_v2_1',
  'logflare_pub',
]);

/** Event triggers of supabase/postgres and its extensions. */
export const PLATFORM_EVENT_TRIGGERS: ReadonlySet<string> = new Set([
  'issue_graphql_placeholder',
  'issue_pg_cron_access',
  'issue_pg_graphql_access',
  'issue_pg_net_access',
  'pgrst_ddl_watch',
  'pgrst_drop_watch',
  'pgsodium_trg_mask_update',
  'ensure_rls',
  'graphql_watch_ddl',
  'graphql_watch_drop',
  'trg_mask_update',
]);

/** Policies and triggers that a service or an extension makes on its own tables, as `schema.table.name`. */
export const PLATFORM_PARTS: ReadonlySet<string> = new Set([
  'cron.job.cron_job_policy',
  'cron.job.cron_job_cache_invalidate',
  'cron.job_run_details.cron_job_run_details_policy',
  'realtime.subscription.tr_check_filters',
  'storage.buckets.enforce_bucket_name_length_trigger',
  'storage.buckets.protect_buckets_delete',
  'storage.objects.objects_delete_delete_prefix',
  'storage.objects.objects_insert_create_prefix',
  'storage.objects.objects_update_create_prefix',
  'storage.objects.protect_objects_delete',
  'storage.objects.update_objects_updated_at',
  'storage.prefixes.prefixes_create_hierarchy',
  'storage.prefixes.prefixes_delete_hierarchy',
  'pgsodium.key.key_encrypt_secret_trigger_raw_key',
  'vault.secrets.secrets_encrypt_secret_trigger_secret',
]);

/** Functions that Supabase’s scripts make as role postgres, or as the project’s administrator, in schemas of its own. */
const PLATFORM_FUNCTIONS: ReadonlySet<string> = new Set([
  'extensions.grant_pg_cron_access',
  'extensions.grant_pg_graphql_access',
  'extensions.grant_pg_net_access',
  'extensions.pgrst_ddl_watch',
  'extensions.pgrst_drop_watch',
  'extensions.set_graphql_placeholder',
  'graphql_public.graphql',
  'graphql.exception',
  'graphql.get_schema_version',
  'graphql.increment_schema_version',
  'graphql.resolve',
  'graphql._internal_resolve',
  'graphql.comment_directive',
  'pgbouncer.get_auth',
]);

/** Schemas whose objects are a service’s or an extension’s whoever owns them: queues, jobs, requests, secrets, books. */
const SERVICE_SCHEMAS: ReadonlySet<string> = new Set([
  '_analytics',
  '_realtime',
  '_supavisor',
  'cron',
  'drizzle',
  'graphql',
  'net',
  'pgbouncer',
  'pgmq',
  'pgsodium',
  'pgsodium_masks',
  'pgtle',
  'supabase_functions',
  'supabase_migrations',
  'vault',
]);

/** Settings of roles and of the database that Supabase itself sets. */
export function isPlatformSetting(role: string | null, setting: string): boolean {
  if (role !== null && PLATFORM_ROLES.has(role) && !API_ROLES.has(role)) return true;
  if (/^(pgrst|cron|pgsodium|pgaudit|auto_explain|supautils|pg_stat_statements)\./.test(setting)) return true;
  if (/^(app\.settings\.|log_)/.test(setting)) return true;
  return setting === 'session_preload_libraries' || (role === null && setting === 'search_path');
}

interface Owned {
  schema: string;
  name: string;
  owner?: string | null;
  platform: boolean;
  extension?: string | null;
  persistence?: string;
}

/** Whether an object is the project’s own, so that everything of it is compared. */
export function isProject(kind: 'relation' | 'function' | 'type' | 'sequence' | 'other', row: Owned): boolean {
  if (row.extension !== null && row.extension !== undefined) return false;
  if (row.persistence === 't') return false;
  if (SERVICE_SCHEMAS.has(row.schema)) return false;
  if (kind === 'relation' && BOOKKEEPING.has(row.name.toLowerCase())) return false;
  if (!row.platform) return true;
  if (kind === 'function' && PLATFORM_FUNCTIONS.has(`${row.schema}.${row.name}`)) return false;
  const owner = row.owner ?? null;
  return owner !== null && (owner === 'postgres' || !PLATFORM_ROLES.has(owner));
}
