import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Column, Index } from '../../../core/facts.ts';
import { parseStatements } from '../../../core/sql.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { columnList, type ForeignKey, freeName, keysByTable } from '../../lib/foreign-keys.ts';
import { columnsIn } from '../../lib/sql-tree.ts';
import {
  columnRef,
  columnsByTable,
  indexesByTable,
  indexNames,
  isHistory,
  keyOf,
  singularName,
  spoken,
  userTables,
  words,
} from '../../lib/tables.ts';

/** Tables with one row a user, by the words of their singular name. */
const ONE_PER_USER = new Set([
  'profile',
  'user_profile',
  'user_setting',
  'user_preference',
  'user_detail',
  'account_setting',
]);
/** Tables that stand for the payer, where an id of Stripe's customer is one-to-one. */
const PAYERS = new Set([
  'profile',
  'user',
  'account',
  'organization',
  'organisation',
  'team',
  'tenant',
  'workspace',
  'company',
  'customer',
  'billing_customer',
  'stripe_customer',
]);

/** Why the column should be unique, or null. */
function shape(table: string, column: Column): string | null {
  const name = spoken(column.name);
  if (!name.startsWith('stripe_') && !name.endsWith('slug') && name !== 'user_id') return null;
  const parts = words(column.name);
  const noun = singularName(table);
  if (name === 'user_id' && ONE_PER_USER.has(noun))
    return 'a user can have several of them, and each reader picks one at random';
  if (name === 'slug' || name === `${noun}_slug`) return 'two rows can answer to one address';
  if (parts[0] === 'stripe' && parts.at(-1) === 'id' && parts.length >= 3) {
    const thing = parts.slice(1, -1).join('_');
    if (noun === thing || noun === `stripe_${thing}` || (thing === 'customer' && PAYERS.has(noun))) {
      return 'a webhook delivered twice or out of order makes or updates several rows';
    }
  }
  return null;
}

/**
 * The column that says within what a slug is one: the only key of the table that must be there, leads to no user, and whose
 * row takes this one with it when it goes (a project's changelogs).
 */
function scopeOf(keys: readonly ForeignKey[], columns: readonly Column[]): string | null {
  const scopes = keys.filter(
    ({ columns: own, references }) =>
      own.length === 1 &&
      references.onDelete === 'c' &&
      !['user', 'profile'].includes(singularName(references.table)) &&
      columns.some(({ name, notNull }) => notNull && name === own[0]),
  );
  return scopes.length === 1 ? (scopes[0]?.columns[0] ?? null) : null;
}

/** Every column an index's key names, expressions such as lower(slug) included. */
function keyColumns(index: Index): Set<string> {
  const names = new Set(index.columns.filter((column) => column !== null));
  if (names.size < index.columns.length) {
    const node = parseStatements(index.definition)?.[0];
    const parameters = node && 'IndexStmt' in node ? node.IndexStmt.indexParams : [];
    for (const path of columnsIn(parameters)) names.add(path.at(-1) ?? '');
  }
  return names;
}

export const uniqueMissing = defineCheck({
  id: 'unique-missing',
  rev: 1,
  title: 'What must be there once is unique',
  why: 'Two requests at the same moment both insert; only a unique constraint stops the second.',
  severity: 'high',
  source: 'CATALOGUE 2.2c unique-missing',
  remedy: 'Remove duplicates, then add the unique index (concurrently, so that writers are not held up).',
  falseAlarms:
    'A unique key that contains the column counts, with other columns (slug per team), an expression (lower(slug)) or a predicate (where deleted_at is null); stripe_price_id on an order line is no key of that line; histories may repeat.',
  item: 'c',
  matrix: 'Schema',
  needs: ['relations', 'columns', 'indexes', 'constraints'],
  evaluate({ facts }) {
    const columns = columnsByTable(facts.columns);
    const indexes = indexesByTable(facts.indexes);
    const taken = indexNames(facts.indexes);
    const keys = keysByTable(facts.constraints);
    let looked = 0;
    const findings = userTables(facts.relations).flatMap((table) => {
      if (isHistory(table.name)) return [];
      const key = keyOf(table.schema, table.name);
      const uniques = (indexes.get(key) ?? []).filter((index) => index.unique && index.valid);
      return (columns.get(key) ?? []).flatMap((column) => {
        const consequence = shape(table.name, column);
        if (consequence === null) return [];
        looked++;
        if (uniques.some((index) => keyColumns(index).has(column.name))) return [];
        const object = columnRef(table.schema, table.name, column.name);
        const name = qualified(table.schema, table.name);
        const scope =
          words(column.name).at(-1) === 'slug' ? scopeOf(keys.get(key) ?? [], columns.get(key) ?? []) : null;
        const unique = [...(scope === null ? [] : [scope]), column.name];
        const index = freeName([table.name, ...unique], 'key', taken);
        const concurrently = table.kind === 'partitioned table' ? '' : ' concurrently';
        return [
          {
            object,
            message: `${name}.${quoteIdent(column.name)} is not unique${scope === null ? '' : `, not even for one ${quoteIdent(scope)}`}: ${consequence}`,
            detail: `No unique constraint or index contains the column.${scope === null ? '' : ` The fix makes it unique for each ${scope}, with whose row these rows go; where it must be unique over all of them, leave ${scope} out.`}`,
            fix:
              table.kind === 'partitioned table'
                ? { command: 'Add a unique constraint that contains the partition columns as well.' }
                : {
                    sql: `create unique index${concurrently} if not exists ${quoteIdent(index)} on ${name} (${columnList(unique)})`,
                  },
          },
        ];
      });
    });
    return evaluated(looked, 'column that should be unique', findings, 'columns that should be unique');
  },
});
