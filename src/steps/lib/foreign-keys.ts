import type { Column, Constraint } from '../../core/facts.ts';
import { type ObjectRef, objectRef } from '../../core/object.ts';
import { nameParts, parseStatements } from '../../core/sql.ts';
import { qualified, quoteIdent } from '../../core/text.ts';
import { perFacet } from './memo.ts';
import { columnNamed, groupBy, keyOf, primaryKeyOf } from './tables.ts';

export type ForeignKey = Constraint & { references: NonNullable<Constraint['references']> };
type Action = ForeignKey['references']['onDelete'];

const ACTION_SQL: Readonly<Record<Action, string>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

/** The foreign keys of the project's tables that were declared there (a partition's copy is judged on its root). */
export const userForeignKeys: (constraints: readonly Constraint[]) => readonly ForeignKey[] = perFacet(
  (constraints: readonly Constraint[]) =>
    constraints.filter(
      (constraint): constraint is ForeignKey =>
        constraint.type === 'f' && constraint.references !== null && !constraint.inherited && !constraint.platform,
    ),
);

/** The keys of `userForeignKeys` by keyOf of the table they point at. */
export const keysByTarget: (constraints: readonly Constraint[]) => ReadonlyMap<string, readonly ForeignKey[]> =
  perFacet((constraints: readonly Constraint[]) =>
    groupBy(userForeignKeys(constraints), ({ references }) => keyOf(references.schema, references.table)),
  );

/** The keys of `userForeignKeys` by keyOf of their own table. */
export const keysByTable: (constraints: readonly Constraint[]) => ReadonlyMap<string, readonly ForeignKey[]> = perFacet(
  (constraints: readonly Constraint[]) =>
    groupBy(userForeignKeys(constraints), ({ schema, table }) => keyOf(schema, table)),
);

/** Tables (keyOf) whose rows are deleted with a row of `root` by ON DELETE CASCADE, root first, in the order they are reached. */
export function deletedWith(constraints: readonly Constraint[], root: string): ReadonlySet<string> {
  const byTarget = keysByTarget(constraints);
  const found = new Set([root]);
  for (const next of found)
    for (const { schema, table, references } of byTarget.get(next) ?? [])
      if (references.onDelete === 'c') found.add(keyOf(schema, table));
  return found;
}

interface Shape {
  constraints: readonly Constraint[];
  columns: readonly Column[];
}

/** The columns of a key that may not be NULL. */
export function requiredColumns({ columns }: Shape, key: ForeignKey): string[] {
  return key.columns.filter((column) => columnNamed(columns, key.schema, key.table, column)?.notNull);
}

/** Whether a column of the key is one of its table's primary key, and so can never be NULL. */
export function isInPrimaryKey({ constraints }: Shape, key: ForeignKey): boolean {
  const primary = primaryKeyOf(constraints, key.schema, key.table);
  return key.columns.some((column) => primary.includes(column));
}

/** SQL that lets the columns of a key be NULL, each statement with its end; empty where they may be. */
export function freeColumns(facts: Shape, key: ForeignKey): string {
  const table = qualified(key.schema, key.table);
  return requiredColumns(facts, key)
    .map((column) => `alter table ${table} alter column ${quoteIdent(column)} drop not null;\n`)
    .join('');
}

export function constraintRef(constraint: Pick<Constraint, 'schema' | 'table' | 'name'>): ObjectRef {
  return objectRef('constraint', constraint.schema, constraint.name, { table: constraint.table });
}

export function columnList(columns: readonly string[]): string {
  return columns.map(quoteIdent).join(', ');
}

/** SQL that replaces a foreign key by one with another ON DELETE action, without a long lock: NOT VALID first, then validated. */
export function recreateForeignKey(key: ForeignKey, onDelete: Action): string {
  const table = qualified(key.schema, key.table);
  const { references } = key;
  const target = `${qualified(references.schema, references.table)} (${columnList(references.columns)})`;
  const onUpdate = references.onUpdate === 'a' ? '' : ` on update ${ACTION_SQL[references.onUpdate]}`;
  const deferrable = key.deferrable ? ' deferrable' : '';
  return [
    `alter table ${table} drop constraint ${quoteIdent(key.name)}`,
    `alter table ${table} add constraint ${quoteIdent(key.name)} foreign key (${columnList(key.columns)}) references ${target}${onUpdate} on delete ${ACTION_SQL[onDelete]}${deferrable} not valid`,
    `alter table ${table} validate constraint ${quoteIdent(key.name)}`,
  ].join(';\n');
}

/** The columns that ON DELETE SET NULL (or DEFAULT) sets: all of them unless the key names some, as PostgreSQL 15 allows. */
export function columnsSetOnDelete(key: ForeignKey): readonly string[] {
  const node = parseStatements(`alter table t add ${key.definition}`)?.[0];
  const command = node && 'AlterTableStmt' in node ? node.AlterTableStmt.cmds?.[0] : undefined;
  const definition = command && 'AlterTableCmd' in command ? command.AlterTableCmd.def : undefined;
  const named = definition && 'Constraint' in definition ? nameParts(definition.Constraint.fk_del_set_cols) : [];
  return named.length > 0 ? named : key.columns;
}

/** A name of at most 63 bytes for a new index or constraint that none of `taken` has. */
export function freeName(parts: readonly string[], suffix: string, taken: ReadonlySet<string>): string {
  const base = parts.join('_');
  for (let attempt = 0; ; attempt++) {
    const end = attempt === 0 ? `_${suffix}` : `_${suffix}${attempt}`;
    let stem = base;
    // A UTF-16 unit takes three bytes at most.
    while ((stem.length + end.length) * 3 > 63 && Buffer.byteLength(stem + end) > 63)
      stem = [...stem].slice(0, -1).join('');
    if (!taken.has(stem + end)) return stem + end;
  }
}
