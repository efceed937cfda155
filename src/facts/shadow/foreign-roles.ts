import type pg from 'pg';
import { quoteIdent, quoteLiteral } from '../../core/text.ts';

/*
 * Roles belong to a server, not to a database: what the baseline and the migrations make of them on the user's own server
 * goes again with the database.
 */

/** Roles of a server with their settings for all databases, as they stood before a replay. */
export interface RolesBefore {
  names: ReadonlySet<string>;
  /** `name=value` by role. */
  settings: ReadonlyMap<string, readonly string[]>;
  members: ReadonlySet<string>;
}

/** Who is a member of which role, as the REVOKE that would end it. */
async function memberships(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ role: string; member: string }>(
    `select distinct r.rolname as role, m.rolname as member
     from pg_catalog.pg_auth_members a join pg_catalog.pg_roles r on r.oid = a.roleid join pg_catalog.pg_roles m on m.oid = a.member`,
  );
  return rows.map(({ role, member }) => `revoke ${quoteIdent(role)} from ${quoteIdent(member)}`);
}

interface Row {
  name: string;
  settings: string[] | null;
}

async function read(client: pg.Client): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `select r.rolname as name, s.setconfig as settings
     from pg_catalog.pg_roles r left join pg_catalog.pg_db_role_setting s on s.setrole = r.oid and s.setdatabase = 0
     where r.rolname !~ '^pg_' order by 1`,
  );
  return rows;
}

/** What a later restoreRoles puts back. */
export async function rolesBefore(client: pg.Client): Promise<RolesBefore> {
  const rows = await read(client);
  return {
    names: new Set(rows.map(({ name }) => name)),
    settings: new Map(rows.map(({ name, settings }) => [name, settings ?? []])),
    members: new Set(await memberships(client)),
  };
}

/** A list setting is stored as PostgreSQL quotes it and taken as such; every other value is one literal. */
const LISTS = new Set([
  'search_path',
  'temp_tablespaces',
  'session_preload_libraries',
  'local_preload_libraries',
  'DateStyle',
]);

function setting(role: string, entry: string): string {
  const at = entry.indexOf('=');
  const [name, value] = [entry.slice(0, at), entry.slice(at + 1)];
  const parameter = name.split('.').map(quoteIdent).join('.');
  return `alter role ${quoteIdent(role)} set ${parameter} to ${LISTS.has(name) && value !== '' ? value : quoteLiteral(value)}`;
}

/**
 * Drops the roles that are new since `before`, ends new memberships, and gives the other roles their settings back. A role that another database still
 * needs stays (a second replay may run on the server); nothing of this is an error.
 */
export async function restoreRoles(client: pg.Client, before: RolesBefore): Promise<void> {
  const run = (sql: string) => client.query(sql).catch(() => undefined);
  const now = await read(client);
  for (const { name, settings } of now) {
    const old = before.settings.get(name);
    if (old === undefined || JSON.stringify(old) === JSON.stringify(settings ?? [])) continue;
    await run(`alter role ${quoteIdent(name)} reset all`);
    for (const entry of old) await run(setting(name, entry));
  }
  for (const revoke of await memberships(client)) if (!before.members.has(revoke)) await run(revoke);
  const made = now.filter(({ name }) => !before.names.has(name)).map(({ name }) => quoteIdent(name));
  if (made.length === 0) return;
  // They own nothing here, but hold rights on parameters and on one another.
  await run(`drop owned by ${made.join(', ')}`);
  for (const role of made) await run(`drop role ${role}`);
}
