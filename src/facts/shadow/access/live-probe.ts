import type { CollectedFact } from '../../../core/facts.ts';
import { abortable, closeQuietly, connect } from '../../postgres/connect.ts';
import { failedFact } from '../../postgres/failed-fact.ts';
import { PROBE_STATEMENT_MS } from '../copy-session.ts';
import { PLATFORM_API_ROLES } from './personas.ts';
import { type AccessContext, prepareAccess } from './probe.ts';

/** Nobody waits longer for a lock, here or behind us. */
const LOCK_MS = 1000;

const SETTINGS: Readonly<Record<string, string>> = {
  // The catalogue's session turns it off so that hidden rows are told; here policies are what is tried.
  row_security: 'on',
  statement_timeout: String(PROBE_STATEMENT_MS),
  lock_timeout: String(LOCK_MS),
  idle_in_transaction_session_timeout: '30000',
};

const MAY = `select r.rolsuper or r.rolbypassrls as bypass,
  array(select name from unnest($1::text[]) name where not pg_catalog.pg_has_role(r.oid, name, 'member')) as closed
  from pg_catalog.pg_roles r where r.rolname = current_user`;

/**
 * The access matrix of a live database: rows are made and tried in one transaction that is always rolled back. Nothing but
 * rows is written, no table is locked whole, and nobody waits for us longer than a statement takes. The caller has a
 * person's consent and knows that no trigger does what a rollback does not undo (steps/lib/lasting-effects.ts).
 */
export async function probeLiveAccess({
  url,
  ...context
}: Omit<AccessContext, 'live'> & { url: string }): Promise<CollectedFact<'accessMatrix'>> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  const { signal } = context;
  const { client, target } = await connect(url, signal);
  try {
    return await abortable(client, target, signal, async () => {
      await client.query(
        `begin isolation level read committed read write; ${Object.entries(SETTINGS)
          .map(([name, value]) => `set local ${name} = '${value}'`)
          .join('; ')}`,
      );
      const { rows } = await client.query<{ bypass: boolean; closed: string[] }>(MAY, [PLATFORM_API_ROLES]);
      const [may] = rows;
      if (!may?.bypass || may.closed.length > 0)
        return {
          status: 'absent',
          reason: `the role we connect as ${may?.bypass ? `may not become ${may.closed.join(', ')}` : 'is held by row level security itself'}; connect as postgres`,
          ms: elapsed(),
        };
      const matrix = await (await prepareAccess(client, { ...context, live: true })).matrix();
      return { status: 'ok', value: { ...matrix, live: true }, hidden: [], ms: elapsed() };
    });
  } catch (error) {
    signal?.throwIfAborted();
    return failedFact(error, elapsed()) as CollectedFact<'accessMatrix'>;
  } finally {
    await client.query('rollback').catch(() => undefined);
    await closeQuietly(client);
  }
}
