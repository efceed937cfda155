import type { Column, FunctionFact, Relation, Row } from '../../../../core/facts.ts';
import { qualified, quoteIdent } from '../../../../core/text.ts';
import type { Direction } from '../model.ts';
import type { Side } from '../side.ts';
import { createFunction, dropFunction } from './function.ts';
import { createRelation, dropRelation, isView, policyStatement } from './relation.ts';

type Type = Row<'types'>;

/* Labels of an enum cannot be taken out or moved: the type is made anew and its columns go over, by their text. */

/** What stands in the way of a column's change of type, in the order in which it can be taken away. */
interface InTheWay {
  drop: string[];
  /** In the order in which it can be made again. */
  create: string[];
}

function columnsOf(type: string, side: Side): Column[] {
  return side.catalogue.columns.filter((column) => {
    const relation = side.relation(column.schema, column.relation);
    return (
      (column.type === type || column.type === `${type}[]`) &&
      relation !== undefined &&
      !isView(relation) &&
      relation.partitionBound === null
    );
  });
}

/** Views over any of the tables, and views over those, in the order in which they can be made. */
function viewsOver(tables: ReadonlySet<string>, side: Side): Relation[] {
  const readsOf = new Map(
    side.catalogue.views.map((view) => [
      qualified(view.schema, view.name),
      view.reads.map(([schema, name]) => qualified(schema, name)),
    ]),
  );
  const reached = new Set(tables);
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const [name, reads] of readsOf) if (reads.some((read) => reached.has(read))) reached.add(name);
  }
  let left = side.catalogue.relations.filter(
    (relation) => isView(relation) && reached.has(qualified(relation.schema, relation.name)),
  );
  const ordered: Relation[] = [];
  while (left.length > 0) {
    const names = new Set(left.map(({ schema, name }) => qualified(schema, name)));
    const ready = left.filter(
      ({ schema, name }) => !readsOf.get(qualified(schema, name))?.some((read) => names.has(read)),
    );
    if (ready.length === 0) break;
    ordered.push(...ready);
    left = left.filter((relation) => !ready.includes(relation));
  }
  return ordered;
}

function inTheWay(type: Type, users: readonly Column[], side: Side): InTheWay {
  const name = qualified(type.schema, type.name);
  const direction: Direction = { from: side, to: side };
  const tables = new Set(users.map((column) => qualified(column.schema, column.relation)));
  const result: InTheWay = { drop: [], create: [] };
  const add = (drop: string[], create: string[]) => {
    result.drop.push(...drop);
    result.create.unshift(...create);
  };
  for (const view of viewsOver(tables, side).toReversed()) add(dropRelation(view), createRelation(view, direction));
  const speaksOf = (text: string | null) =>
    text !== null && (text.includes(name) || users.some((column) => text.includes(column.name)));
  for (const policy of side.catalogue.policies) {
    if (speaksOf(policy.using) || speaksOf(policy.check))
      add(
        [`drop policy ${quoteIdent(policy.name)} on ${qualified(policy.schema, policy.table)}`],
        [policyStatement(policy, side)],
      );
  }
  for (const table of tables) {
    const [user] = users.filter((column) => qualified(column.schema, column.relation) === table);
    if (!user) continue;
    const { schema, relation } = user;
    for (const trigger of side.triggersOf(schema, relation)) {
      if (!trigger.internal && speaksOf(trigger.definition))
        add([`drop trigger ${quoteIdent(trigger.name)} on ${table}`], [trigger.definition]);
    }
    for (const index of side.indexesOf(schema, relation)) {
      if (!index.constraint && !index.inherited && index.definition.includes(name))
        add([`drop index ${qualified(schema, index.name)}`], [index.definition]);
    }
    for (const row of side.constraintsOf(schema, relation)) {
      if (row.type === 'c' && !row.inherited && row.definition.includes(name))
        add(
          [`alter table ${table} drop constraint ${quoteIdent(row.name)}`],
          [`alter table ${table} add constraint ${quoteIdent(row.name)} ${row.definition}`],
        );
    }
    for (const row of side.catalogue.statisticsObjects) {
      if (row.tableSchema === schema && row.table === relation && speaksOf(row.definition))
        add([`drop statistics ${qualified(row.schema, row.name)}`], [row.definition]);
    }
  }
  const hasType = (fn: FunctionFact) => [fn.arguments, fn.returns, fn.parameters].some((text) => text?.includes(name));
  for (const fn of side.catalogue.functions) {
    if (hasType(fn)) add(dropFunction(fn), createFunction(fn, direction));
  }
  return result;
}

/** Statements that put `to` in the place of `from`, an enum, on `direction.from`. */
export function remadeEnum(from: Type, create: readonly string[], { from: side }: Direction): string[] {
  const old = `${from.name.slice(0, 58)}_old`;
  const type = qualified(from.schema, from.name);
  const users = columnsOf(type, side);
  const { drop, create: again } = inTheWay(from, users, side);
  return [
    ...drop,
    `alter type ${type} rename to ${quoteIdent(old)}`,
    ...create,
    ...users.flatMap((column) => {
      const alter = `alter table ${qualified(column.schema, column.relation)} alter column ${quoteIdent(column.name)}`;
      const text = column.type.endsWith('[]') ? 'text[]' : 'text';
      const hasDefault = column.default !== null && column.generated === '';
      return [
        ...(hasDefault ? [`${alter} drop default`] : []),
        `${alter} type ${column.type} using ${quoteIdent(column.name)}::${text}::${column.type}`,
        ...(hasDefault ? [`${alter} set default ${column.default}`] : []),
      ];
    }),
    `drop type ${qualified(from.schema, old)}`,
    ...again,
  ];
}
