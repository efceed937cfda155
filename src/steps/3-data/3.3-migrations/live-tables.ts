import type { Facts } from '../../../core/facts.ts';
import { columnNamed, constraintsByTable, functionsByName, keyOf, relationsByKey } from '../../lib/tables.ts';

type Risk = Facts['migrationRisks']['risks'][number];
type NewTable = Facts['migrationRisks']['tables'][number];
type LiveFacts = Partial<
  Pick<Facts, 'relations' | 'columns' | 'constraints' | 'indexes' | 'functions' | 'roleSettings'>
>;

/** What the live database says of the tables that pending migrations name. */
export interface LiveTables {
  /** False where the risk is none: a table that the pending files make, or something the database does not have. */
  concerns(risk: Risk): boolean;
  /** The table as the live database names it; null when the risk is of no table. */
  tableOf(risk: Risk): { schema: string; name: string } | null;
}

/** Types in which a change from the first to the second keeps every stored value as it is (PostgreSQL docs, ALTER TABLE). */
function rewritesNothing(from: string, to: string): boolean {
  if (from === to) return true;
  const [, length] = /^character varying(?:\((\d+)\))?$/.exec(from) ?? [];
  const isVarchar = /^character varying/.test(from);
  if (isVarchar && to === 'text') return true;
  const wider = /^character varying(?:\((\d+)\))?$/.exec(to);
  if (isVarchar && wider) return wider[1] === undefined || (length !== undefined && Number(wider[1]) >= Number(length));
  if (from === 'text' && to === 'character varying') return true;
  const [, precision, scale] = /^numeric\((\d+),(\d+)\)$/.exec(from) ?? [];
  if (precision !== undefined && to === 'numeric') return true;
  const [, newPrecision, newScale] = /^numeric\((\d+),(\d+)\)$/.exec(to) ?? [];
  return (
    precision !== undefined &&
    newPrecision !== undefined &&
    scale === newScale &&
    Number(newPrecision) >= Number(precision)
  );
}

/**
 * Follows the pending files' own tables and renames, and looks the rest up in the live catalogue, where there is one.
 * `known`: the history says what is pending, so that a table which is there is none of theirs.
 */
export function liveTables(facts: LiveFacts, tables: readonly NewTable[], known: boolean): LiveTables {
  const relations = facts.relations ? relationsByKey(facts.relations) : null;
  // CREATE TABLE IF NOT EXISTS of one that is there makes nothing.
  const made = new Set<string>();
  /** Name at the end of the pending files → name now. */
  const before = new Map<string, string>();
  for (const { schema, name, renamedFrom } of tables) {
    const key = keyOf(schema, name);
    if (renamedFrom === null && (!known || !relations?.has(key))) made.add(key);
    if (renamedFrom === null) continue;
    if (made.has(keyOf(schema, renamedFrom))) made.add(key);
    else before.set(key, before.get(keyOf(schema, renamedFrom)) ?? renamedFrom);
  }
  const indexes = facts.indexes
    ? new Map(facts.indexes.map((index) => [`${index.schema}.${index.name}`, index]))
    : null;
  const limited = (facts.roleSettings ?? []).some(
    ({ name, role }) => name === 'lock_timeout' && (role === null || role === 'postgres'),
  );

  const tableOf = (risk: Risk): { schema: string; name: string } | null => {
    if (risk.table !== null && risk.schema !== null) {
      const name = before.get(keyOf(risk.schema, risk.table)) ?? risk.table;
      return { schema: risk.schema, name };
    }
    const index = risk.asked === null ? undefined : indexes?.get(risk.asked);
    return index ? { schema: index.schema, name: index.table } : null;
  };

  /** What the live catalogue knows of the object itself that makes the statement harmless or void. */
  const isVoid = (risk: Risk, table: { schema: string; name: string }): boolean => {
    const column =
      facts.columns && risk.name !== null ? columnNamed(facts.columns, table.schema, table.name, risk.name) : undefined;
    const constraints = facts.constraints
      ? (constraintsByTable(facts.constraints).get(keyOf(table.schema, table.name)) ?? [])
      : null;
    switch (risk.rule) {
      case 'ban-drop-column':
      case 'renaming-column':
        return facts.columns !== undefined && column === undefined;
      case 'ban-drop-not-null':
        return column !== undefined && !column.notNull;
      case 'ban-drop-constraint':
        return constraints !== null && !constraints.some(({ name }) => name === risk.name);
      case 'adding-not-nullable-field':
        return (
          column?.notNull === true ||
          (facts.columns !== undefined && column === undefined) ||
          (constraints ?? []).some(
            ({ type, validated, columns, definition }) =>
              type === 'c' &&
              validated &&
              columns.length === 1 &&
              columns[0] === risk.name &&
              /IS NOT NULL\)+$/i.test(definition),
          )
        );
      case 'changing-column-type':
        return column !== undefined && risk.asked !== null && rewritesNothing(column.type, risk.asked);
      case 'adding-field-with-default':
        return column !== undefined || isSteady(risk.asked);
      case 'adding-required-field':
        return column !== undefined;
      default:
        return false;
    }
  };

  const isSteady = (call: string | null): boolean => {
    if (!facts.functions || call === null || call === 'nextval' || call === 'generated') return false;
    const parts = call.split('.');
    const name = parts.at(-1) ?? '';
    const known = parts.length > 1 ? functionsByName(facts.functions).get(keyOf(parts[0] ?? '', name)) : undefined;
    const found = known ?? functionsByName(facts.functions).get(keyOf('public', name)) ?? [];
    return found.length > 0 && found.every(({ volatility }) => volatility !== 'volatile');
  };

  return {
    tableOf,
    concerns(risk) {
      if (risk.rule === 'require-timeout-settings' && limited) return false;
      if (risk.table !== null && risk.schema !== null) {
        if (risk.rule.startsWith('prefer-') || risk.rule === 'ban-char-field') return true;
        if (risk.rule === 'ban-concurrent-index-creation-in-transaction') return true;
        if (made.has(keyOf(risk.schema, risk.table))) return false;
        const table = tableOf(risk);
        if (table === null || relations === null) return true;
        const relation = relations.get(keyOf(table.schema, table.name));
        return relation !== undefined && !relation.platform && !isVoid(risk, table);
      }
      const ofIndex = risk.rule === 'require-concurrent-index-deletion' || risk.rule === 'require-concurrent-reindex';
      return !(ofIndex && indexes !== null && risk.asked !== null && !indexes.has(risk.asked));
    },
  };
}
