import pg from 'pg';
import { EXIT, UserError } from '../../core/errors.ts';
import { quoteIdent } from '../../core/text.ts';
import { connectReadOnly } from '../postgres/connect.ts';
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
}

/**
 * Looks at the user's own throw-away server. Its login is used for everything, whatever user url() is asked for.
 * A Supabase database must hold no tables of its own yet; otherwise the login must be a superuser, to make roles and a database.
 * Throws UserError: shadow-not-empty, shadow-no-superuser, and connectReadOnly's.
 */
export async function openForeignServer(shadowUrl: string, signal?: AbortSignal): Promise<ForeignServer> {
  const client = await connectReadOnly(shadowUrl, signal ? { signal } : {});
  let facts: { database: string; supabase: boolean; superuser: boolean; tables: number; version: number } | undefined;
  try {
    const { rows } = await client.query(`
      select current_database() as database, to_regclass('auth.users') is not null as supabase,
        current_setting('server_version_num')::int as version,
        (select rolsuper from pg_roles where rolname = current_user) as superuser,
        (select count(*)::int from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')) as tables`);
    facts = rows[0];
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
  if (facts.supabase && facts.tables > 0) {
    throw new UserError(
      'shadow-not-empty',
      `The shadow database ${facts.database} holds tables in schema public; migrations are never replayed over them`,
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
  const run = async (sql: string): Promise<void> => {
    const admin = new pg.Client({ connectionString: shadowUrl, application_name: 'supaready' });
    admin.on('error', () => undefined);
    await admin.connect();
    try {
      await admin.query(sql);
    } finally {
      await admin.end().catch(() => undefined);
    }
  };
  const server: PostgresServer = {
    port: Number(new URL(shadowUrl).port || 5432),
    version: facts.version,
    url,
    createDatabase: (name, template = 'template0') =>
      run(`create database ${quoteIdent(name)} template ${quoteIdent(template)}`),
    dropDatabase: (name) => run(`drop database if exists ${quoteIdent(name)} with (force)`),
    stop: async () => undefined,
  };
  return { server, database: facts.database, supabase: facts.supabase, version: facts.version };
}
