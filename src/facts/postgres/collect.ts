import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { UserError } from '../../core/errors.ts';
import { type Collected, type CollectedFact, FACT_SOURCES, type FactName } from '../../core/facts.ts';
import { facetDigest } from '../../core/snapshot.ts';
import { loadSqlParser } from '../../core/sql.ts';
import { qualified } from '../../core/text.ts';
import { abortable, type Connection, closeQuietly, connect, type OwnLink } from './connect.ts';
import { codeOf, connectionLost, isConnectionLoss } from './connect-errors.ts';
import type { CatalogueName, Facet, FacetContext, FacetPlan } from './facets.ts';
import { failedFact } from './failed-fact.ts';
import { NO_NAMES, readObjectNames } from './object-names.ts';
import { type Probe, probeServer } from './probe.ts';
import { beginReadOnly } from './read-only.ts';
import { ROW_TYPES } from './row-types.ts';
import { SCHEMA_FACETS } from './schema-facets.ts';
import { SERVER_FACETS } from './server-facets.ts';
import { SERVICE_FACETS } from './service-facets.ts';
import { streamRows } from './stream-rows.ts';
import { STATEMENT_MS } from './timeouts.ts';
import { WIDE_FACETS } from './wide-facets.ts';

/** Each facet's plan is typed where it is declared; here they are run alike. */
const FACETS = { ...SCHEMA_FACETS, ...WIDE_FACETS, ...SERVER_FACETS, ...SERVICE_FACETS } satisfies {
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

/** From this many relations on, a second connection shares the work: PostgreSQL runs one query a connection at a time. */
const RELATIONS_FOR_TWO = 500;

/** What takes longest comes first, so that two connections end at about the same time. */
const LONGEST_FIRST: readonly CatalogueName[] = [
  'columns',
  'sequenceValues',
  'constraints',
  'sequences',
  'indexes',
  'policies',
  'relations',
  'tableStats',
  'indexStats',
  'volatileDatabase',
];

/**
 * Collects catalogue facets: all over one state of the database, in REPEATABLE READ READ ONLY transactions, one query a
 * facet and never one a table. A large catalogue is read over two connections that share one exported snapshot. A facet
 * that the role may not read, or whose query fails, is in the answer with its reason.
 * Throws UserError: those of connectReadOnly; connection-lost (exit 3) when the connection breaks on the way, since then
 * nothing is complete; cancelled (exit 130).
 */
export async function collectCatalogue(options: CatalogueOptions): Promise<Collected> {
  const names = FACT_SOURCES.catalogue.filter((name) => options.names.includes(name));
  if (names.length === 0) return {};
  const [connection] = await Promise.all([connect(options.url, options.signal), loadSqlParser()]);
  return whileConnected(connection, options.signal, () => collectAll(connection, names, options));
}

/** Runs `work`, and closes the connection with it; an abort ends both, a connection that breaks is said as such. */
async function whileConnected<T>(
  { client, target }: Connection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await abortable(client, target, signal, work);
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
    names: NO_NAMES,
  };
  // Only facets of many rows send oids: a re-check of a few settings has no use for the names of every relation.
  if (names.some((name) => name in WIDE_FACETS)) context.names = await readObjectNames(client);
  let second: Connection | null = null;
  if (context.names.relations.size >= RELATIONS_FOR_TWO && names.length > 1) {
    const snapshot = await exportSnapshot(client);
    // The refusal ended the transaction, and with it what the names were read over.
    if (snapshot === null) context.names = await readObjectNames(client);
    else second = await secondConnection(snapshot, options);
  }
  const queue = new FacetQueue(names, context, options);
  const work: Promise<void>[] = [queue.work(client)];
  if (second !== null) {
    const { client: other } = second;
    work.push(whileConnected(second, options.signal, () => queue.work(other)));
  }
  // Both connections are done with, one way or the other, before anything is said.
  const failed = (await Promise.allSettled(work)).find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  return queue.facts();
}

/** Names this transaction's state of the database for others; null, in a new transaction, where the server refuses. */
async function exportSnapshot(client: pg.Client): Promise<string | null> {
  try {
    const result = await client.query<{ id: string }>('select pg_catalog.pg_export_snapshot() as id');
    return result.rows[0]?.id ?? null;
  } catch (error) {
    if (isConnectionLoss(error)) throw error;
    await client.query('rollback');
    await beginReadOnly(client);
    return null;
  }
}

/** A second connection that sees what the first one sees; null where none is to be had: then one does all the work. */
async function secondConnection(snapshot: string, options: CatalogueOptions): Promise<Connection | null> {
  let connection: Connection | null = null;
  try {
    connection = await connect(options.url, options.signal);
    await beginReadOnly(connection.client, STATEMENT_MS, snapshot);
    return connection;
  } catch (error) {
    if (connection !== null) await closeQuietly(connection.client);
    if (options.signal?.aborted) throw error;
    return null;
  }
}

/** The facets still to be collected, taken by whichever connection is free. */
class FacetQueue {
  readonly #waiting: CatalogueName[];
  readonly #total: number;
  readonly #context: FacetContext;
  readonly #onFacet: CatalogueOptions['onFacet'];
  readonly #facts: Record<string, CollectedFact> = {};
  #columns: Promise<CollectedFact> | null = null;

  constructor(names: readonly CatalogueName[], context: FacetContext, options: CatalogueOptions) {
    const place = (name: CatalogueName) => LONGEST_FIRST.indexOf(name) + 1 || LONGEST_FIRST.length + 1;
    this.#waiting = [...names].sort((a, b) => place(a) - place(b));
    this.#total = names.length;
    this.#context = context;
    this.#onFacet = options.onFacet;
  }

  /** Collects over one connection, in its open transaction, until nothing is left. */
  async work(client: pg.Client): Promise<void> {
    try {
      await this.#collect(client);
    } catch (error) {
      // What the other connection would still bring is of no use.
      this.#waiting.length = 0;
      throw error;
    }
  }

  async #collect(client: pg.Client): Promise<void> {
    await client.query('savepoint facet');
    for (let name = this.#waiting.shift(); name !== undefined; name = this.#waiting.shift()) {
      const plan = FACETS[name](this.#context);
      const columns = 'needsColumns' in plan ? await this.#columnsOver(client) : null;
      const collecting =
        columns === null || columns.status === 'ok' ? collectFacet(client, plan) : Promise.resolve(columns);
      if (name === 'columns') this.#columns = collecting;
      const fact = await collecting;
      this.#facts[name] = fact;
      // While the server is at the next facet: 60,000 columns take a while to digest.
      if (fact.status === 'ok') setImmediate(digestAhead, fact.value);
      this.#onFacet?.(name, Object.keys(this.#facts).length, this.#total);
    }
    await client.query('rollback');
  }

  facts(): Collected {
    return this.#facts as Collected;
  }

  /** Waits for the columns, or reads them for their names only where nobody asked for them. */
  #columnsOver(client: pg.Client): Promise<CollectedFact> {
    this.#columns ??= collectFacet(client, FACETS.columns(this.#context));
    return this.#columns;
  }
}

/** Takes the digest before the snapshot asks for it. A value that has none is the snapshot's to report. */
function digestAhead(value: unknown): void {
  try {
    facetDigest(value);
  } catch {}
}

/*
 * One message a facet. The savepoint keeps a failure from spoiling the transaction, and rolling back to it even after
 * success gives back the locks that pg_get_viewdef and pg_sequence_last_value hold on.
 */
async function collectFacet(client: pg.Client, plan: FacetPlan<CatalogueName>): Promise<CollectedFact> {
  if ('known' in plan) return plan.known;
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  const text = `/* supaready */ ${plan.sql}\n; rollback to savepoint facet`;
  try {
    if ('onRow' in plan) {
      await streamRows(client, text, plan.onRow);
      return { status: 'ok', value: plan.value(), hidden: [], ms: elapsed() } as CollectedFact;
    }
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
