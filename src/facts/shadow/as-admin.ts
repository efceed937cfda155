import pg from 'pg';

/** Runs SQL as supabase_admin on one short connection. */
export async function asAdmin<R extends pg.QueryResultRow>(port: number, sql: string): Promise<R[]> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'supabase_admin',
    database: 'postgres',
    application_name: 'supaready',
    connectionTimeoutMillis: 5000,
  });
  // A connection cut by the server's shutdown is reported through the query's promise, not as an uncaught event.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<R>(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
