import type pg from 'pg';
import { UserError } from '../../core/errors.ts';
import { type Collected, type CollectedFact, FACT_SOURCES, type FactName, type Facts } from '../../core/facts.ts';
import { abortable, closeQuietly, connect } from './connect.ts';
import { connectionLost, isConnectionLoss } from './connect-errors.ts';
import { batches, type Countable, countFacts, countSql, EXACT_UP_TO } from './data/counts.ts';
import { paritySql, profileTable } from './data/profiles.ts';
import { orphanFact, orphanSql, references } from './data/references.ts';
import { estimates, key, ownTables, type Plan, planOf } from './data/tables.ts';
import { failureReason } from './failed-fact.ts';
import { beginReadOnly } from './read-only.ts';
import { DATA_STATEMENT_MS } from './timeouts.ts';

type DataName = (typeof FACT_SOURCES.data)[number];

export interface DataOptions {
  /** Connection string; a secret, never shown. */
  url: string;
  /** Facets wanted; those of other collectors are passed over. */
  names: readonly FactName[];
  /** Must hold relations, columns, constraints and tableStats. */
  catalogue: Collected;
  /** Counts of the snapshot before, of the same environment. */
  previousCounts: Facts['rowCounts'] | null;
  signal?: AbortSignal;
  onProgress?: (label: string, done: number, total: number) => void;
}

/** One query in a short transaction of its own: a long one would keep the server from cleaning up behind its writers. */
type Ask = <R extends pg.QueryResultRow>(sql: string) => Promise<{ rows: R[] } | { error: string }>;

interface Scan {
  ask: Ask;
  plan: Plan;
  options: DataOptions;
}

const SCANS: { [N in DataName]: (scan: Scan) => Promise<Facts[N]> } = {
  rowCounts: countRows,
  orphans: countOrphans,
  profileParity: compareProfiles,
};

/**
 * Counts rows: of each of the project's tables, of references that find nothing, of users without a profile. Every query
 * ends after 5 s at the latest; one that fails leaves its reason in `error`, and its count must not be judged.
 * Throws UserError as collectCatalogue does.
 */
export async function collectData(options: DataOptions): Promise<Collected> {
  const names = FACT_SOURCES.data.filter((name) => options.names.includes(name));
  if (names.length === 0) return {};
  const plan = planOf(options.catalogue);
  if ('missing' in plan) {
    return Object.fromEntries(
      names.map((name) => [name, { status: 'absent', reason: plan.missing, ms: 0 }]),
    ) as Collected;
  }
  const { client, target } = await connect(options.url, options.signal);
  try {
    return await abortable(client, target, options.signal, () => scanAll({ ask: asker(client), plan, options }, names));
  } catch (error) {
    if (error instanceof UserError || !isConnectionLoss(error)) throw error;
    throw connectionLost(target, error);
  } finally {
    await closeQuietly(client);
  }
}

async function scanAll(scan: Scan, names: readonly DataName[]): Promise<Collected> {
  const facts: Record<string, CollectedFact> = {};
  for (const name of names) {
    const started = performance.now();
    const value = await SCANS[name](scan);
    facts[name] = { status: 'ok', value, hidden: [], ms: Math.round(performance.now() - started) } as CollectedFact;
  }
  return facts as Collected;
}

function asker(client: pg.Client): Ask {
  return async (sql) => {
    const started = performance.now();
    try {
      await beginReadOnly(client, DATA_STATEMENT_MS);
      const result = await client.query(sql);
      await client.query('commit');
      return { rows: result.rows };
    } catch (error) {
      if (isConnectionLoss(error)) throw error;
      await client.query('rollback');
      return { error: failureReason(error, performance.now() - started) };
    }
  };
}

async function countRows({ ask, plan, options }: Scan): Promise<Facts['rowCounts']> {
  const estimated = estimates(plan);
  const fact = countFacts(options.previousCounts);
  const tables = ownTables(plan).map(
    (table): Countable => ({ table, estimate: estimated.get(key(table.schema, table.name)) ?? null }),
  );
  const counted = new Map<string, Facts['rowCounts'][number]>();
  const put = (row: Facts['rowCounts'][number]) => {
    counted.set(key(row.schema, row.table), row);
    options.onProgress?.(`rows of ${row.schema}.${row.table}`, counted.size, tables.length);
  };
  const small: Countable[] = [];
  for (const countable of tables) {
    if (countable.estimate !== null && countable.estimate > EXACT_UP_TO)
      put(fact(countable.table, countable.estimate, false, null));
    else small.push(countable);
  }
  const count = async (group: readonly Countable[]): Promise<void> => {
    const answer = await ask<{ place: number; count: string }>(countSql(group));
    const [only, ...others] = group;
    if ('rows' in answer) {
      const byPlace = new Map(answer.rows.map((row) => [row.place, Number(row.count)]));
      for (const [place, { table }] of group.entries()) put(fact(table, byPlace.get(place) ?? 0, true, null));
    } else if (only !== undefined && others.length === 0) {
      put(fact(only.table, 0, false, answer.error));
    } else {
      // One table that cannot be counted must not take the others' counts with it.
      for (const countable of group) await count([countable]);
    }
  };
  for (const group of batches(small)) await count(group);
  return tables.flatMap(({ table }) => counted.get(key(table.schema, table.name)) ?? []);
}

async function countOrphans({ ask, plan, options }: Scan): Promise<Facts['orphans']> {
  const found = references(plan);
  const facts: Facts['orphans'] = [];
  for (const reference of found) {
    const answer = await ask<{ orphans: string }>(orphanSql(reference));
    const count = 'rows' in answer ? Number(answer.rows[0]?.orphans) : 0;
    facts.push(orphanFact(reference, count, 'error' in answer ? answer.error : null));
    options.onProgress?.(`references of ${reference.schema}.${reference.table}`, facts.length, found.length);
  }
  return facts;
}

async function compareProfiles({ ask, plan, options }: Scan): Promise<Facts['profileParity']> {
  const profile = profileTable(plan);
  if (profile === null) return null;
  const answer = await ask<{ without_profile: string; without_user: string }>(paritySql(plan, profile));
  options.onProgress?.(`profiles in ${profile.schema}.${profile.table}`, 1, 1);
  if ('error' in answer) return { ...profile, usersWithoutProfile: 0, profilesWithoutUser: 0, error: answer.error };
  const [row] = answer.rows;
  return {
    ...profile,
    usersWithoutProfile: Number(row?.without_profile),
    profilesWithoutUser: Number(row?.without_user),
    error: null,
  };
}
