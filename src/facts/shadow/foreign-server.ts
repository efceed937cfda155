import pg from 'pg';
import { EXIT, UserError } from '../../core/errors.ts';
import { printable, quoteIdent } from '../../core/text.ts';
import { connectReadOnly } from '../postgres/connect.ts';
import { EXTENSION_SCHEMAS, PLATFORM_SCHEMAS } from '../postgres/platform.ts';
import { type RolesBefore, restoreRoles, rolesBefore } from './foreign-roles.ts';
import { serverOf } from './same-server.ts';
import type { PostgresServer } from './server.ts';

/** What a replay needs of the server that the user named with --shadow-url. */
export interface ForeignServer {
  server: PostgresServer;
  /** The database that the URL names. */
  database: string;
  /** True when it is a Supabase database already (auth.users is there): no baseline is needed, nor wanted. */
  supabase: boolean;
  /** server_version_num */
  version: number;
  /** Names of the server's roles now. */
  roles(): Promise<ReadonlySet<string>>;
  /** Takes back what the replays made of the server's roles; does nothing on a Supabase database. Never rejects. */
  restore(): Promise<void>;
}

/** True when somebody's tables, sign-ups, buckets or applied migrations are in a Supabase database. */
async function inUse(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> all($1)
       and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     limit 1`,
    [[...PLATFORM_SCHEMAS, ...EXTENSION_SCHEMAS, 'information_schema']],
  );
  if (rowCount) return true;
  for (const table of ['auth.users', 'storage.buckets', 'supabase_migrations.schema_migrations']) {
    const { rows } = await client.query<{ readable: boolean | null }>(
      `select pg_catalog.has_table_privilege(pg_catalog.to_regclass($1)::oid, 'select') as readable`,
      [table],
    );
    if (rows[0]?.readable !== true) continue;
    if ((await client.query(`select from ${table} limit 1`)).rowCount) return true;
  }
  return false;
}

/**
 * Looks at the user's own throw-away server. Its login is used for everything, whatever user url() is asked for.
 * A Supabase database must hold nobody's tables, users or files yet; otherwise the login must be a superuser, to make roles
 * and a database. A superuser who becomes `postgres` can be brought back by hostile SQL, which then does all that the login
 * may do there: such a server is for repositories one trusts. Never the server of the audited database (`audited`, its URL).
 * Throws UserError: shadow-is-audited, shadow-not-empty, shadow-no-superuser, and connectReadOnly's.
 */
export async function openForeignServer(
  shadowUrl: string,
  signal?: AbortSignal,
  audited?: string,
): Promise<ForeignServer> {
  const auditedServer = audited === undefined ? null : serverOf(audited);
  if (auditedServer !== null && auditedServer === serverOf(shadowUrl)) {
    throw new UserError(
      'shadow-is-audited',
      'The shadow database is on the server of the audited one; a replay changes roles, which all databases of a server share',
      'Name a server of its own, or leave --shadow-url out to use the embedded PostgreSQL',
    );
  }
  const client = await connectReadOnly(shadowUrl, signal ? { signal } : {});
  let facts: { database: string; supabase: boolean; superuser: boolean; version: number } | undefined;
  let used = false;
  let before: RolesBefore | null = null;
  try {
    const { rows } = await client.query(`
      select current_database() as database, to_regclass('auth.users') is not null as supabase,
        current_setting('server_version_num')::int as version,
        (select rolsuper from pg_roles where rolname = current_user) as superuser`);
    facts = rows[0];
    if (facts?.supabase) used = await inUse(client);
    else if (facts) before = await rolesBefore(client);
  } finally {
    await client.end().catch(() => undefined);
  }
  if (!facts)
    throw new UserError(
      'shadow-unreadable',
      'The shadow database gave no answer',
      'Try again, or leave --shadow-url out',
      EXIT.unknown,
    );
  if (used) {
    throw new UserError(
      'shadow-not-empty',
      `The shadow database ${printable(facts.database)} holds tables, users or files already; migrations are never replayed over them`,
      'Name an empty database, or leave --shadow-url out to use the embedded PostgreSQL',
    );
  }
  if (!facts.supabase && !facts.superuser) {
    throw new UserError(
      'shadow-no-superuser',
      'The shadow database is no Supabase database, and its user is no superuser who could make it one',
      'Name a superuser of a throw-away server, or an empty Supabase database',
    );
  }

  const url = (database: string): string => {
    const copy = new URL(shadowUrl);
    copy.pathname = `/${encodeURIComponent(database)}`;
    return copy.toString();
  };
  const withClient = async (action: (admin: pg.Client) => Promise<unknown>): Promise<void> => {
    const admin = new pg.Client({ connectionString: shadowUrl, application_name: 'supaready' });
    admin.on('error', () => undefined);
    await admin.connect();
    try {
      await action(admin);
    } finally {
      await admin.end().catch(() => undefined);
    }
  };
  const run = (sql: string) => withClient((admin) => admin.query(sql));
  const server: PostgresServer = {
    port: Number(new URL(shadowUrl).port || 5432),
    version: facts.version,
    url,
    createDatabase: (name, template = 'template0') =>
      run(`create database ${quoteIdent(name)} template ${quoteIdent(template)}`),
    dropDatabase: (name) => run(`drop database if exists ${quoteIdent(name)} with (force)`),
    stop: async () => undefined,
  };
  return {
    server,
    database: facts.database,
    supabase: facts.supabase,
    version: facts.version,
    roles: async () => {
      let names: ReadonlySet<string> = new Set();
      await withClient(async (admin) => {
        names = (await rolesBefore(admin)).names;
      });
      return names;
    },
    restore: async () => {
      const roles = before;
      if (roles !== null) await withClient((admin) => restoreRoles(admin, roles)).catch(() => undefined);
    },
  };
}
