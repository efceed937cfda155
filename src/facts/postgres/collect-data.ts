import { type Collected, type CollectedFact, FACT_SOURCES, type Facts } from '../../core/facts.ts';
import { loadSqlParser } from '../../core/sql.ts';
import { countAdministrators } from './data/administrators.ts';
import { batches, type Countable, countFacts, countSql, EXACT_UP_TO } from './data/counts.ts';
import { ScanLink } from './data/link.ts';
import { compareWithProduction } from './data/overlap.ts';
import { lookAtFiles } from './data/physical.ts';
import { paritySql, profileTable } from './data/profiles.ts';
import { orphanFact, orphanSql, references } from './data/references.ts';
import { sampleColumns } from './data/samples.ts';
import { type DataOptions, type Outcome, type Scan, seen } from './data/scan.ts';
import { countSeeds } from './data/seeds.ts';
import { positionSequences } from './data/sequences.ts';
import { checkStoragePaths } from './data/storage-paths.ts';
import { estimates, key, ownTables, planOf } from './data/tables.ts';

type DataName = (typeof FACT_SOURCES.data)[number];

/** Cheap scans first: what takes long comes when the rest is safe. */
const SCANS: { [N in DataName]: (scan: Scan) => Promise<Outcome<N>> } = {
  rowCounts: async (scan) => seen(await countRows(scan)),
  orphans: async (scan) => seen(await countOrphans(scan)),
  profileParity: async (scan) => seen(await compareProfiles(scan)),
  columnSamples: sampleColumns,
  seedCounts: countSeeds,
  sequencePositions: positionSequences,
  storageReferences: checkStoragePaths,
  physical: lookAtFiles,
  administrators: countAdministrators,
  productionOverlap: compareWithProduction,
};

const LAST: readonly DataName[] = ['columnSamples', 'physical'];

/**
 * Looks at rows: counts them, follows references that no constraint vouches for, samples what columns hold. Every query ends
 * after its time-out; one that fails leaves its reason in `error`, and what it would have counted must not be judged. A server
 * that restarts meanwhile is waited for.
 * Throws UserError as collectCatalogue does.
 */
export async function collectData(options: DataOptions): Promise<Collected> {
  const wanted = FACT_SOURCES.data.filter((name) => options.names.includes(name));
  const names = [...wanted.filter((name) => !LAST.includes(name)), ...LAST.filter((name) => wanted.includes(name))];
  if (names.length === 0) return {};
  const plan = planOf(options.catalogue);
  if ('missing' in plan) {
    return Object.fromEntries(
      names.map((name) => [name, { status: 'absent', reason: plan.missing, ms: 0 }]),
    ) as Collected;
  }
  if ((options.declared?.seed.length ?? 0) > 0) await loadSqlParser();
  const link = await ScanLink.open(options.url, options.signal);
  try {
    return await scanAll({ ask: link.ask, link, plan, options }, names);
  } finally {
    await link.close();
  }
}

async function scanAll(scan: Scan, names: readonly DataName[]): Promise<Collected> {
  const facts: Record<string, CollectedFact> = {};
  for (const name of names) {
    const started = performance.now();
    const { value, hidden } = await SCANS[name](scan);
    facts[name] = { status: 'ok', value, hidden, ms: Math.round(performance.now() - started) } as CollectedFact;
  }
  return facts as Collected;
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
