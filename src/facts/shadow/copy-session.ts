import pg from 'pg';
import { quoteIdent } from '../../core/text.ts';
import type { ShadowContext } from './collect.ts';
import type { ReplayTarget } from './replay-session.ts';

/** Per statement of a probe, in a copy that nobody else uses. */
export const PROBE_STATEMENT_MS = 4000;

/** Roles of the platform that are no superusers and that a probe may act as. */
type ProbeRole = 'postgres' | 'supabase_auth_admin';

/** The copy's address for a role; a server of --shadow-url has one login for all, who then becomes the role. */
function addressOf({ url, adminUrl }: ReplayTarget, role: ProbeRole): { connectionString: string; become: boolean } {
  if (url === adminUrl) return { connectionString: url, become: true };
  const address = new URL(url);
  address.username = role;
  return { connectionString: address.href, become: false };
}

/**
 * Runs `probe` on a throw-away copy within one transaction that is never committed, logged in as a role that is no superuser:
 * planning a statement can be enough to run a function of the project's. Statements are bounded by PROBE_STATEMENT_MS; an
 * abort of the run ends the session and rejects with the signal's reason.
 */
export async function inSession<T>(
  copy: ReplayTarget,
  role: ProbeRole,
  probe: (client: pg.Client) => Promise<T>,
  { signal, statementMs = PROBE_STATEMENT_MS }: { signal?: AbortSignal | undefined; statementMs?: number } = {},
): Promise<T> {
  const { connectionString, become } = addressOf(copy, role);
  const client = new pg.Client({
    connectionString,
    application_name: 'supaready',
    options: `-c statement_timeout=${statementMs} -c client_min_messages=error -c jit=off`,
  });
  // A session cut by an abort is reported by the query that runs.
  client.on('error', () => undefined);
  const abort = () => void client.end().catch(() => undefined);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
    if (become) await becomeRole(client, role);
    await client.query('begin');
    return await probe(client);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
    await client.end().catch(() => undefined);
  }
}

async function becomeRole(client: pg.Client, role: ProbeRole): Promise<void> {
  const { rowCount } = await client.query(
    `select from pg_catalog.pg_roles me where me.rolname = current_user and me.rolsuper and exists (select from pg_catalog.pg_roles where rolname = $1)`,
    [role],
  );
  if (!rowCount) return;
  const { rows } = await client.query<{ value: string }>(
    `select split_part(setting, '=', 2) as value from pg_catalog.pg_db_role_setting s join pg_catalog.pg_roles r on r.oid = s.setrole, unnest(s.setconfig) setting
     where r.rolname = $1 and s.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
       and setting like 'search_path=%' order by s.setdatabase desc limit 1`,
    [role],
  );
  await client.query(`set session authorization ${quoteIdent(role)}`);
  // A login as the role would have its search_path, which decides what bare names in its triggers mean.
  if (rows[0]) await client.query(`select pg_catalog.set_config('search_path', $1, false)`, [rows[0].value]);
}

/** The same as role postgres, on a copy of its own. */
export function inCopy<T>(context: ShadowContext, probe: (client: pg.Client) => Promise<T>): Promise<T> {
  return context.onCopy((copy) => inSession(copy, 'postgres', probe, { signal: context.signal }));
}

/** SQLSTATE of an error that PostgreSQL itself reported; rethrows every other one. */
export function stateOf(error: unknown): string {
  const { code } = error as pg.DatabaseError;
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) throw error;
  return code;
}
