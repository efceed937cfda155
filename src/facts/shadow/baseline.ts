import { createHash } from 'node:crypto';
import pg from 'pg';
import { EXIT, UserError } from '../../core/errors.ts';
import { quoteIdent, quoteLiteral } from '../../core/text.ts';
import { ADMIN_OPTIONS } from './admin-session.ts';
import auth from './baseline/auth.sql';
import platform from './baseline/platform.sql';
import realtime from './baseline/realtime.sql';
import roles from './baseline/roles.sql';
import storage from './baseline/storage.sql';
import type { PostgresServer } from './server.ts';

export interface BaselineOptions {
  /** `pgrst.db_schemas` of role authenticator, i.e. what the Data API exposes; null leaves it unset, as hosted Supabase does. */
  exposedSchemas?: string | null;
}

/**
 * On a server of ours, for all its databases: `postgres` may grant itself every role but a superuser on PostgreSQL 15, so the
 * three that read and write files and run programs count as one there (hosted Supabase: supautils.reserved_memberships); none
 * of them can log in or has members. Database `postgres` is the project's own on hosted Supabase, so that migrations set
 * parameters of it.
 */
const RESERVED = `
  update pg_catalog.pg_authid set rolsuper = true
  where rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
    and not rolsuper and pg_catalog.current_setting('server_version_num')::int < 160000;
  alter database postgres owner to postgres`;

const PARTS = { roles, platform, auth, storage, realtime };
const LOCK = 7350817;

/** Changes with every line of the baseline. */
export const BASELINE_DIGEST = createHash('sha256').update(JSON.stringify(PARTS)).digest('hex').slice(0, 8);

/** Makes the roles (cluster-wide) and fills an empty database; the URL's user must be a superuser. Throws UserError `baseline-failed`. */
export async function applyBaseline(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'supaready' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (const [name, sql] of Object.entries(PARTS)) {
      await client.query(sql).catch((error: Error) => {
        throw new UserError(
          'baseline-failed',
          `The Supabase baseline (part ${name}) could not be made: ${error.message}`,
          'Use an empty PostgreSQL 15 to 18 whose user is a superuser',
          EXIT.unknown,
          error,
        );
      });
    }
  } finally {
    await client.end();
  }
}

/**
 * Makes, once a server, the template database with what a new hosted Supabase project has: roles (cluster-wide) with their
 * memberships, settings and default privileges, schemas auth, storage, realtime, extensions, graphql_public, vault,
 * supabase_functions, supabase_migrations. Returns its name, `supaready_baseline_<digest of the SQL>`; reused when present.
 * Role `postgres` is as hosted: no superuser; createdb, createrole, replication, bypassrls. Databases made from the template
 * belong to it (PostgresServer.createDatabase). Not in it, since a new project has them not: pg_cron, pg_net, pgmq and other
 * extensions; `create extension` brings them, as a shim where the machine lacks them (see extensions.ts).
 */
export async function ensureBaseline(server: PostgresServer, options: BaselineOptions = {}): Promise<string> {
  const exposed = options.exposedSchemas === undefined ? 'public, graphql_public' : options.exposedSchemas;
  const name = `supaready_baseline_${BASELINE_DIGEST}`;
  const client = new pg.Client({
    connectionString: server.url('postgres', 'supabase_admin'),
    application_name: 'supaready',
    options: ADMIN_OPTIONS,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    // Two processes may come to one server at the same time.
    await client.query(`select pg_advisory_lock(${LOCK})`);
    const { rowCount } = await client.query('select from pg_database where datname = $1 and datistemplate', [name]);
    if (!rowCount) {
      const draft = `${name}_draft`;
      await server.dropDatabase(draft);
      await server.createDatabase(draft, 'template0');
      await applyBaseline(server.url(draft, 'supabase_admin'));
      await client.query(`alter database ${quoteIdent(draft)} rename to ${quoteIdent(name)}`);
      await client.query(`alter database ${quoteIdent(name)} with is_template true allow_connections false`);
    }
    await client.query(RESERVED);
    await client.query(
      exposed === null
        ? 'alter role authenticator reset pgrst.db_schemas'
        : `alter role authenticator set pgrst.db_schemas = ${quoteLiteral(exposed)}`,
    );
  } finally {
    await client.end();
  }
  return name;
}
