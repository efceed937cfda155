/**
 * Schemas that Supabase makes and keeps: their objects are collected (users write policies and triggers there) but marked
 * `platform`. `pg_*` and `information_schema` belong to PostgreSQL and are left out.
 * Sources: migrations of supabase/postgres, and of the services auth, storage, realtime, supavisor, logflare.
 */
export const PLATFORM_SCHEMAS: readonly string[] = [
  'auth',
  'storage',
  'realtime',
  '_realtime',
  'supabase_functions',
  'supabase_migrations',
  'extensions',
  'graphql',
  'graphql_public',
  'vault',
  'pgsodium',
  'pgsodium_masks',
  'cron',
  'net',
  'pgmq',
  'pgbouncer',
  'pgtle',
  '_analytics',
  '_supavisor',
];

/** Schemas that PostGIS makes; platform only where they belong to an extension, since a project may have one of its own. */
export const EXTENSION_SCHEMAS: readonly string[] = ['topology', 'tiger', 'tiger_data'];
