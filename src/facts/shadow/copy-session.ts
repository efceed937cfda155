import pg from 'pg';
import type { ShadowContext } from './collect.ts';

/** Per statement of a probe, in a copy that nobody else uses. */
export const PROBE_STATEMENT_MS = 4000;

/**
 * Runs `probe` as superuser on a throw-away copy, within one transaction that is never committed. Statements are bounded by
 * PROBE_STATEMENT_MS; an abort of the run ends the session and rejects with the signal's reason.
 */
export function inCopy<T>(context: ShadowContext, probe: (client: pg.Client) => Promise<T>): Promise<T> {
  return context.onCopy(async ({ adminUrl }) => {
    const client = new pg.Client({
      connectionString: adminUrl,
      application_name: 'supaready',
      options: `-c statement_timeout=${PROBE_STATEMENT_MS} -c client_min_messages=error -c jit=off`,
    });
    // A session cut by an abort is reported by the query that runs.
    client.on('error', () => undefined);
    const abort = () => void client.end().catch(() => undefined);
    context.signal?.addEventListener('abort', abort, { once: true });
    try {
      await client.connect();
      await client.query('begin');
      return await probe(client);
    } catch (error) {
      context.signal?.throwIfAborted();
      throw error;
    } finally {
      context.signal?.removeEventListener('abort', abort);
      await client.end().catch(() => undefined);
    }
  });
}

/** SQLSTATE of an error that PostgreSQL itself reported; rethrows every other one. */
export function stateOf(error: unknown): string {
  const { code } = error as pg.DatabaseError;
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) throw error;
  return code;
}
