import pg from 'pg';

/**
 * What a superuser's session starts with in a database where a repository's SQL has run. As a replica it fires neither triggers
 * of tables nor event triggers, those of its own login (PostgreSQL 17) among them, unless they are ENABLE ALWAYS or REPLICA,
 * which the replay lets nobody make (statement-plan.ts). Settings of a database or role must not change how its statements
 * are read: what stands here wins over both.
 */
export const ADMIN_OPTIONS = [
  'session_replication_role=replica',
  'search_path=pg_catalog',
  'role=none',
  'standard_conforming_strings=on',
  'backslash_quote=off',
  'lock_timeout=60000',
  'client_min_messages=error',
]
  .map((option) => `-c ${option}`)
  .join(' ');

/** A superuser's connection beside a replay, made when it is first needed; it runs nothing that a repository wrote as code. */
export class AdminSession {
  readonly #url: string;
  #client: Promise<pg.Client> | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  /** The connection itself. */
  client(): Promise<pg.Client> {
    this.#client ??= this.#open();
    return this.#client;
  }

  async #open(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'supaready',
      options: ADMIN_OPTIONS,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** One statement, never more: the server itself refuses a second one behind it. */
  async query<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<pg.QueryResult<R>> {
    const client = await this.client();
    return client.query<R>({ text, values, queryMode: 'extended' } as pg.QueryConfig);
  }

  async end(): Promise<void> {
    await this.#client?.then((client) => client.end()).catch(() => undefined);
  }
}
