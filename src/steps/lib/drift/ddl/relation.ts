import type { Index, Policy, Relation, Row, Trigger } from '../../../../core/facts.ts';
import { qualified, quoteIdent } from '../../../../core/text.ts';
import type { Direction } from '../model.ts';
import { grantsOfNew, privilegeStatements, privilegesOf } from '../privileges.ts';
import type { Side } from '../side.ts';
import { columnDefinition, columnSettings } from './column.ts';
import { commentText, foreignOptions, storageOptions } from './options.ts';
import { createSequence, ownedBy, sequenceName } from './sequence.ts';

/** `table public.t`, `view public.v`: how statements name the relation. */
export function relationWords(relation: Relation): string {
  const word = relation.kind === 'partitioned table' ? 'table' : relation.kind;
  return `${word} ${qualified(relation.schema, relation.name)}`;
}

export function isView(relation: Relation): boolean {
  return relation.kind === 'view' || relation.kind === 'materialized view';
}

function withOptions(relation: Relation): string {
  return relation.options.length === 0 ? '' : ` with (${storageOptions(relation.options)})`;
}

/** CREATE TABLE or VIEW as `side` has it, without keys, grants and all else that comes after. */
function createStatement(relation: Relation, side: Side): string {
  const { schema, name, kind } = relation;
  const target = qualified(schema, name);
  if (kind === 'view' || kind === 'materialized view') {
    return `create ${kind} ${target}${withOptions(relation)} as\n${side.viewDefinition(schema, name)?.replace(/;\s*$/, '') ?? ''}`;
  }
  const word = kind === 'foreign table' ? 'foreign table' : relation.persistence === 'u' ? 'unlogged table' : 'table';
  const isPartition = relation.partitionBound !== null;
  const [parent] = relation.parents ?? [];
  const head =
    isPartition && parent
      ? ` partition of ${qualified(parent[0], parent[1])} ${relation.partitionBound}`
      : ` (\n  ${side
          .columnsOf(schema, name)
          .map((column) => columnDefinition(column, side))
          .join(',\n  ')}\n)`;
  const inherits =
    !isPartition && relation.parents
      ? ` inherits (${relation.parents.map(([first, second]) => qualified(first, second)).join(', ')})`
      : '';
  const partitionBy = relation.partitionKey === null ? '' : ` partition by ${relation.partitionKey}`;
  const server =
    relation.foreignServer === null
      ? ''
      : ` server ${quoteIdent(relation.foreignServer)}${foreignOptions(relation.foreignOptions)}`;
  return `create ${word} ${target}${head}${inherits}${partitionBy}${server}${withOptions(relation)}`;
}

export function policyStatement(policy: Policy, side: Side): string {
  const { schema, table, name, permissive, command, roles, using, check } = policy;
  const to = roles.map((role) => (role === 'public' ? 'public' : side.sqlRole(role))).join(', ');
  return `create policy ${quoteIdent(name)} on ${qualified(schema, table)}${permissive ? '' : ' as restrictive'} for ${command} to ${to}${
    using === null ? '' : ` using (${using})`
  }${check === null ? '' : ` with check (${check})`}`;
}

const ENABLING: Readonly<Record<Trigger['enabled'], string>> = {
  O: 'enable',
  D: 'disable',
  R: 'enable replica',
  A: 'enable always',
};

export function triggerSwitch(trigger: {
  schema: string;
  table: string;
  name: string;
  enabled: Trigger['enabled'];
}): string {
  return `alter table ${qualified(trigger.schema, trigger.table)} ${ENABLING[trigger.enabled]} trigger ${quoteIdent(trigger.name)}`;
}

export function ruleSwitch(rule: Row<'rules'>): string {
  return `alter table ${qualified(rule.schema, rule.table)} ${ENABLING[rule.enabled]} rule ${quoteIdent(rule.name)}`;
}

/** CREATE INDEX as pg_get_indexdef has it. On a live table it is built without locking writers out. */
export function indexStatement(index: Index, concurrently: boolean): string {
  if (!concurrently) return index.definition;
  return index.definition.replace(/^CREATE (UNIQUE )?INDEX /, 'CREATE $1INDEX CONCURRENTLY ');
}

/** Every comment on a relation and its parts. */
function commentsOf(relation: Relation, side: Side): string[] {
  const { schema, name } = relation;
  const target = qualified(schema, name);
  const statements: string[] = [];
  if (relation.comment !== null)
    statements.push(`comment on ${relationWords(relation)} is ${commentText(relation.comment)}`);
  for (const column of side.columnsOf(schema, name)) {
    if (column.comment !== null)
      statements.push(`comment on column ${target}.${quoteIdent(column.name)} is ${commentText(column.comment)}`);
  }
  const on = (kind: 'constraint' | 'trigger' | 'policy' | 'rule', part: string) => {
    const comment = side.comment(kind, schema, name, part);
    if (comment !== null)
      statements.push(`comment on ${kind} ${quoteIdent(part)} on ${target} is ${commentText(comment)}`);
  };
  for (const row of side.constraintsOf(schema, name)) on('constraint', row.name);
  for (const row of side.triggersOf(schema, name)) if (!row.internal) on('trigger', row.name);
  for (const row of side.policiesOf(schema, name)) on('policy', row.name);
  for (const row of side.rulesOf(schema, name)) on('rule', row.name);
  for (const row of side.indexesOf(schema, name)) {
    const comment = side.comment('index', schema, name, row.name);
    if (comment !== null) statements.push(`comment on index ${qualified(schema, row.name)} is ${commentText(comment)}`);
  }
  return statements;
}

export function replicaIdentityStatement(relation: Relation): string {
  const how = {
    d: 'default',
    n: 'nothing',
    f: 'full',
    i: `using index ${quoteIdent(relation.replicaIndex ?? '')}`,
  }[relation.replicaIdentity];
  return `alter table ${qualified(relation.schema, relation.name)} replica identity ${how}`;
}

/** Statements that make a relation on `from` with all that belongs to it on `to`. */
export function createRelation(relation: Relation, direction: Direction): string[] {
  const { from, to } = direction;
  const { schema, name } = relation;
  const target = qualified(schema, name);
  const statements: string[] = [];
  const owned = to.sequencesOf(schema, name).filter(({ tie }) => tie === 'owned');
  for (const sequence of owned) statements.push(createSequence(sequence));
  statements.push(createStatement(relation, to));
  for (const sequence of owned)
    statements.push(`alter sequence ${sequenceName(sequence)} owned by ${ownedBy(sequence)}`);
  if (!isView(relation)) {
    for (const column of to.columnsOf(schema, name)) statements.push(...columnSettings(null, column));
    const constraints = to.constraintsOf(schema, name).filter((row) => !row.inherited);
    // Keys before what refers to them.
    for (const keys of [true, false]) {
      for (const row of constraints) {
        if ((row.type === 'p' || row.type === 'u') === keys)
          statements.push(`alter table ${target} add constraint ${quoteIdent(row.name)} ${row.definition}`);
      }
    }
  }
  for (const index of to.indexesOf(schema, name)) {
    if (!index.constraint && !index.inherited) statements.push(indexStatement(index, false));
  }
  if (relation.replicaIdentity !== 'd' && !isView(relation)) statements.push(replicaIdentityStatement(relation));
  if (relation.rls) statements.push(`alter table ${target} enable row level security`);
  if (relation.forceRls) statements.push(`alter table ${target} force row level security`);
  for (const policy of to.policiesOf(schema, name)) statements.push(policyStatement(policy, from));
  for (const trigger of to.triggersOf(schema, name)) {
    if (trigger.internal) continue;
    statements.push(trigger.definition);
    if (trigger.enabled !== 'O') statements.push(triggerSwitch(trigger));
  }
  for (const rule of to.rulesOf(schema, name)) {
    statements.push(rule.definition.replace(/;\s*$/, ''));
    if (rule.enabled !== 'O') statements.push(ruleSwitch(rule));
  }
  for (const row of to.catalogue.statisticsObjects) {
    if (row.tableSchema === schema && row.table === name) statements.push(row.definition);
  }
  statements.push(...commentsOf(relation, to));
  statements.push(...grantsOfNew('tables', schema, `table ${target}`, relation, direction));
  for (const column of to.columnsOf(schema, name)) {
    if (column.acl === null) continue;
    statements.push(
      ...privilegeStatements({
        target: `table ${target}`,
        have: new Map(),
        want: privilegesOf(column.acl, null, to),
        owner: null,
        side: from,
        column: quoteIdent(column.name),
      }),
    );
  }
  for (const sequence of to.sequencesOf(schema, name)) {
    statements.push(...grantsOfNew('sequences', schema, `sequence ${sequenceName(sequence)}`, sequence, direction));
  }
  if (to.role(relation.owner) !== 'postgres')
    statements.push(`alter ${relationWords(relation)} owner to ${from.sqlRole(to.role(relation.owner))}`);
  return statements;
}

export function dropRelation(relation: Relation): string[] {
  return [`drop ${relationWords(relation)}`];
}
