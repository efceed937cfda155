import guardSql from './extension-guard.sql';

/*
 * PostgreSQL runs the script of a trusted extension as the superuser, and event triggers with it: a function of the project's
 * would be a superuser's for as long. So what the project's event triggers watch is suspended while an extension is made or
 * updated, as on hosted Supabase (supautils: “privileged role event triggers won't fire when creating … extensions”).
 */

/** Event triggers fire in the order of their names: this is the last before an extension's script. */
const LAST = '~~supaready_extension_start';
const OURS = new Set([LAST, 'supaready_extension_end', 'pg_supaready_command', 'pg_supaready_drop']);

/** SQL that sets the guard up in a database, as superuser, before a repository's SQL runs there. */
export const EXTENSION_GUARD = guardSql;

/** True for an event trigger of ours. */
export function isGuard(eventTrigger: string): boolean {
  return OURS.has(eventTrigger);
}

/** True where an event trigger on ddl_command_start fires before the guard. */
export function comesBeforeGuard(eventTrigger: string): boolean {
  return Buffer.compare(Buffer.from(eventTrigger), Buffer.from(LAST)) < 0;
}
