import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Column } from '../../../core/facts.ts';
import { counted, qualified, quoteIdent } from '../../../core/text.ts';
import { freeName } from '../../lib/foreign-keys.ts';
import {
  columnRef,
  columnsByTable,
  constraintsByTable,
  groupBy,
  isHistory,
  keyOf,
  singularName,
  userTablesByKey,
  words,
} from '../../lib/tables.ts';

interface Target {
  schema: string;
  table: string;
  column: string;
}

export const fkMissingImplied = defineCheck({
  id: 'fk-missing-implied',
  rev: 1,
  title: 'A column that names another table’s key is a foreign key',
  why: 'Without the key, rows go on pointing at what was deleted, and the API cannot embed the related row.',
  severity: 'medium',
  source: 'CATALOGUE 2.2c fk-missing-implied',
  remedy: 'Add the foreign key NOT VALID (a short lock), repair the rows that point at nothing, then validate it.',
  falseAlarms:
    'Ids of other systems (stripe_customer_id text) name no table here or differ in type; audit logs, histories and event tables outlive what they speak of; polymorphic references (x_type beside x_id) cannot have a key; views are not tables.',
  item: 'c',
  matrix: 'Schema',
  needs: ['relations', 'columns', 'constraints'],
  uses: ['orphans'],
  evaluate({ facts }) {
    const tables = userTablesByKey(facts.relations);
    const columns = columnsByTable(facts.columns);
    const constraints = constraintsByTable(facts.constraints);
    const primaryKey = (schema: string, table: string): Column | undefined => {
      const key = constraints.get(keyOf(schema, table))?.find(({ type }) => type === 'p');
      if (key?.columns.length !== 1) return undefined;
      return columns.get(keyOf(schema, table))?.find(({ name }) => name === key.columns[0]);
    };
    /** Tables by schema and the words of their singular name: `order_items` and `OrderItem` are one. */
    const bySingular = groupBy([...tables.values()], ({ schema, name }) => keyOf(schema, singularName(name)));

    const targetOf = (column: Column): Target | null => {
      const parts = words(column.name);
      if (parts.length < 2 || parts.at(-1) !== 'id') return null;
      const noun = parts.slice(0, -1).join('_');
      const candidates = bySingular.get(keyOf(column.schema, singularName(noun))) ?? [];
      for (const candidate of candidates.length === 1 ? candidates : []) {
        const key = primaryKey(candidate.schema, candidate.name);
        if (key && sameType(key.type, column.type))
          return { schema: candidate.schema, table: candidate.name, column: key.name };
      }
      if (noun !== 'user' || candidates.length > 0 || column.type !== 'uuid') return null;
      return primaryKey('auth', 'users') ? { schema: 'auth', table: 'users', column: 'id' } : null;
    };

    let looked = 0;
    const findings = [...tables.values()].flatMap((table) => {
      if (isHistory(table.name)) return [];
      const own = columns.get(keyOf(table.schema, table.name)) ?? [];
      const keys = constraints.get(keyOf(table.schema, table.name)) ?? [];
      const taken = new Set(keys.map(({ name }) => name));
      return own.flatMap((column) => {
        const target = targetOf(column);
        if (!target || (target.schema === table.schema && target.table === table.name && target.column === column.name))
          return [];
        looked++;
        if (keys.some((key) => key.type === 'f' && key.columns.includes(column.name))) return [];
        const stem = words(column.name).slice(0, -1).join('_');
        if (own.some(({ name }) => words(name).join('_') === `${stem}_type`)) return [];
        const name = qualified(table.schema, table.name);
        const constraint = freeName([table.name, column.name], 'fkey', taken);
        const orphans = facts.orphans?.find(
          (row) =>
            row.schema === table.schema && row.table === table.name && row.column === column.name && row.error === null,
        )?.orphans;
        const object = columnRef(table.schema, table.name, column.name);
        const lost = orphans
          ? `; ${counted(orphans, 'row')} already ${orphans === 1 ? 'points' : 'point'} at nothing`
          : '';
        return [
          {
            object,
            message: `${name}.${quoteIdent(column.name)} names ${qualified(target.schema, target.table)} but is no foreign key: its rows can point at nothing${lost}`,
            detail: `Its name and its type ${column.type} are those of ${qualified(target.schema, target.table)}.${quoteIdent(target.column)}; no foreign key contains it.`,
            fix: {
              sql: [
                `alter table ${name} add constraint ${quoteIdent(constraint)} foreign key (${quoteIdent(column.name)}) references ${qualified(target.schema, target.table)} (${quoteIdent(target.column)})${target.schema === 'auth' ? ` on delete ${column.notNull ? 'cascade' : 'set null'}` : ''} not valid`,
                `alter table ${name} validate constraint ${quoteIdent(constraint)}`,
              ].join(';\n'),
            },
          },
        ];
      });
    });
    return evaluated(looked, 'column named like a key', findings, 'columns named like keys');
  },
});

function sameType(left: string, right: string): boolean {
  const family = (type: string) =>
    /^(text|character varying)/.test(type) ? 'text' : /^(smallint|integer|bigint)$/.test(type) ? 'integer' : type;
  return family(left) === family(right);
}
