import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { UserError } from '../../core/errors.ts';
import { type Collected, type CollectedFact, FACT_SOURCES, type FactName } from '../../core/facts.ts';
import { loadSqlParser } from '../../core/sql.ts';
import { qualified } from '../../core/text.ts';
import { abortable, type Connection, closeQuietly, connect, type OwnLink } from './connect.ts';
import { codeOf, connectionLost, isConnectionLoss } from './connect-errors.ts';
import type { CatalogueName, Facet, FacetContext, FacetPlan } from './facets.ts';
import { failedFact } from './failed-fact.ts';
import { type Probe, probeServer } from './probe.ts';
import { beginReadOnly } from './read-only.ts';
import { ROW_TYPES } from './row-types.ts';
import { SCHEMA_FACETS } from './schema-facets.ts';
import { SERVER_FACETS } from './server-facets.ts';
import { SERVICE_FACETS } from './service-facets.ts';

/** Each facet's plan is typed where it is declared; here they are run alike. */
const FACETS = { ...SCHEMA_FACETS, ...SERVER_FACETS, ...SERVICE_FACETS } satisfies {
  [N in CatalogueName]: Facet<N>;
} as unknown as Record<CatalogueName, Facet<CatalogueName>>;

export interface CatalogueOptions {
  /** Connection string; a secret, never shown. */
  url: string;
  /** Facets wanted; those of other collectors are passed over. */
  names: readonly FactName[];
  signal?: AbortSignal;
  onFacet?: (name: FactName, done: number, total: number) => void;
  /** A server of ours (demo, replay). */
  embedded?: boolean;
}

/**
 * Collects catalogue facets: all in one REPEATABLE READ READ ONLY transaction over one connection, one query a facet and
 * never one a table. A facet that the role may not read, or whose query fails, is in the answer with its reason.
 * Throws UserError: those of connectReadOnly; connection-lost (exit 3) when the connection breaks on the way, since then
 * nothing is complete; cancelled (exit 130).
 */
export async function collectCatalogue(options: CatalogueOptions): Promise<Collected> {
  const names = FACT_SOURCES.catalogue.filter((name) => options.names.includes(name));
  if (names.length === 0) return {};
  const [connection] = await Promise.all([connect(options.url, options.signal), loadSqlParser()]);
  const { client, target } = connection;
  try {
    return await abortable(client, target, options.signal, () => collectAll(connection, names, options));
  } catch (error) {
    if (error instanceof UserError || !isConnectionLoss(error)) throw error;
    throw connectionLost(target, error);
  } finally {
    await closeQuietly(client);
  }
}

async function collectAll(
  connection: Connection,
  names: readonly CatalogueName[],
  options: CatalogueOptions,
): Promise<Collected> {
  const { client } = connection;
  await beginReadOnly(client);
  const probe = await probeServer(client, names.includes('columnStats'));
  const readOnlyGuard = names.includes('access') ? await tryToWrite(client, probe) : 'refused';
  const context: FacetContext = {
    probe,
    link: { ...connection.link, readOnlyGuard },
    embedded: options.embedded ?? false,
  };
  const facts: Record<string, CollectedFact> = {};
  await client.query('savepoint facet');
  for (const [done, name] of names.entries()) {
    facts[name] = await collectFacet(client, FACETS[name](context));
    options.onFacet?.(name, done + 1, names.length);
  }
  await client.query('rollback');
  return facts as Collected;
}

/*
 * One message a facet. The savepoint keeps a failure from spoiling the transaction, and rolling back to it even after
 * success gives back the locks that pg_get_viewdef and pg_sequence_last_value hold on.
 */
async function collectFacet(client: pg.Client, plan: FacetPlan<CatalogueName>): Promise<CollectedFact> {
  if ('known' in plan) return plan.known;
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  try {
    const text = `/* supaready */ ${plan.sql}\n; rollback to savepoint facet`;
    const results = (await client.query({ text, types: ROW_TYPES })) as unknown as pg.QueryResult[];
    const rows = (results[0]?.rows ?? []) as never[];
    const value = plan.shape ? plan.shape(rows) : rows;
    return { status: 'ok', value, hidden: plan.hidden?.(value as never) ?? [], ms: elapsed() } as CollectedFact;
  } catch (error) {
    if (error instanceof UserError || isConnectionLoss(error)) throw error;
    await client.query('rollback to savepoint facet');
    return failedFact(error, elapsed());
  }
}

/** Tries to create a table: proof that the session cannot write is its refusal with 25006 and nothing else. */
async function tryToWrite(client: pg.Client, probe: Probe): Promise<OwnLink['readOnlyGuard']> {
  const table = qualified(probe.guardSchema ?? 'public', `supaready_guard_${randomBytes(6).toString('hex')}`);
  try {
    await client.query('savepoint guard');
    await client.query(`create table ${table} ()`);
    return 'not-refused';
  } catch (error) {
    if (isConnectionLoss(error)) throw error;
    return codeOf(error) === '25006' ? 'refused' : 'not-refused';
  } finally {
    await client.query('rollback to savepoint guard; release savepoint guard').catch(() => undefined);
  }
}
