import pg from 'pg';

/** Runs SQL as supabase_admin, or another role, on one short connection. */
export async function asAdmin<R extends pg.QueryResultRow>(
  port: number,
  sql: string,
  { user = 'supabase_admin', password }: { user?: string; password?: string | undefined } = {},
): Promise<R[]> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user,
    ...(password !== undefined && { password }),
    database: 'postgres',
    application_name: 'supaready',
    // Whatever a migration set for database postgres, which belongs to the project.
    options: '-c search_path=pg_catalog -c role=none',
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
