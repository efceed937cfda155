import type { Facts } from '../../../core/facts.ts';
import { qualified, quoteIdent, quoteLiteral } from '../../../core/text.ts';
import btreeIndexes from '../sql/btree-indexes.sql';
import usedCollations from '../sql/used-collations.sql';
import { composeSql, type Fragments } from '../sql-text.ts';
import { INDEX_CHECK_MS, INDEX_CHECKS_MS } from '../timeouts.ts';
import type { Outcome, Scan } from './scan.ts';
import { ownTables, tableNames } from './tables.ts';

type Physical = Facts['physical'];
type Amcheck = NonNullable<Physical['amcheck']>;

/** Name of the probe that reads every B-tree of the project. */
export const AMCHECK = 'amcheck';

/** SQLSTATEs by which PostgreSQL says that what it read is damaged. */
const DAMAGED = /\(XX00[12]\)$/;

/** Versions of the collations in use; with a person's consent also whether each B-tree is whole. */
export async function lookAtFiles(scan: Scan): Promise<Outcome<'physical'>> {
  const { ask, plan, options } = scan;
  const tables = ownTables(plan);
  const names = tableNames(tables);
  const answer = await ask<Physical['collations'][number]>(composeSql(usedCollations, names));
  const amcheck = options.consents?.has(AMCHECK) ? await checkIndexes(scan, names) : null;
  if ('error' in answer)
    return { value: { collations: [], amcheck }, hidden: [`versions of collations: ${answer.error}`] };
  return { value: { collations: answer.rows, amcheck }, hidden: [] };
}

interface IndexRow {
  schema: string;
  table: string;
  index_schema: string;
  index: string;
}

const INSTALLED = `select n.nspname as schema from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = 'amcheck'`;

/** bt_index_check on one B-tree after the other: it takes the lock of a SELECT and writes nothing. */
async function checkIndexes({ ask, options }: Scan, names: Fragments): Promise<Amcheck> {
  const result: Amcheck = { checked: 0, broken: [], unchecked: [], error: null };
  const installed = await ask<{ schema: string }>(INSTALLED);
  const listed = await ask<IndexRow>(composeSql(btreeIndexes, names));
  if ('error' in installed || 'error' in listed)
    return { ...result, error: 'error' in installed ? installed.error : 'error' in listed ? listed.error : null };
  const [extension] = installed.rows;
  if (!extension)
    return { ...result, error: 'the extension amcheck is not installed (create extension amcheck schema extensions)' };
  const until = performance.now() + INDEX_CHECKS_MS;
  for (const [at, { schema, table, index_schema, index }] of listed.rows.entries()) {
    const row = { schema, table, index };
    if (performance.now() > until) {
      result.unchecked.push({ ...row, reason: 'not reached in the time allowed' });
      continue;
    }
    const answer = await ask(
      `select ${quoteIdent(extension.schema)}.bt_index_check(${quoteLiteral(qualified(index_schema, index))}::regclass)`,
      INDEX_CHECK_MS,
    );
    if (!('error' in answer)) result.checked++;
    else if (DAMAGED.test(answer.error)) result.broken.push({ ...row, reason: answer.error });
    else result.unchecked.push({ ...row, reason: answer.error });
    options.onProgress?.(`index ${index_schema}.${index}`, at + 1, listed.rows.length);
  }
  return result;
}
