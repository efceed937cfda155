import pg from 'pg';

/** Splits a script at its lines `-- as supabase_admin` and `-- as postgres`; it starts as postgres. */
export function stretchesOf(script: string): { role: 'postgres' | 'supabase_admin'; sql: string }[] {
  const stretches: { role: 'postgres' | 'supabase_admin'; sql: string }[] = [{ role: 'postgres', sql: '' }];
  for (const line of script.split('\n')) {
    const role = /^-- as (postgres|supabase_admin)$/.exec(line)?.[1];
    if (role === 'postgres' || role === 'supabase_admin') stretches.push({ role, sql: '' });
    else (stretches.at(-1) ?? { sql: '' }).sql += `${line}\n`;
  }
  return stretches.filter(({ sql }) => sql.trim() !== '');
}

/** Opens a connection, hands it to `use`, and closes it whatever happens. */
export async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'supaready-demo' });
  // A connection cut by the server's end is reported by the query that waits, not as an uncaught event.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
