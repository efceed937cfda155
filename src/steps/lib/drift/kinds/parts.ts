import type { Constraint, Index, Policy, Row, Trigger } from '../../../../core/facts.ts';
import { objectRef } from '../../../../core/object.ts';
import { qualified, quoteIdent, quoteLiteral } from '../../../../core/text.ts';
import { keyOf } from '../../tables.ts';
import { indexStatement, policyStatement, ruleSwitch, triggerSwitch } from '../ddl/relation.ts';
import { type Direction, type Kind, textAspect, wholeKey } from '../model.ts';
import { sameSql } from '../normal.ts';
import { isProject, PLATFORM_PARTS } from '../platform.ts';
import type { Side } from '../side.ts';

/* What belongs to a table: constraints, indexes, policies, triggers, rules. */

interface Part {
  schema: string;
  table: string;
  name: string;
}

const tableOf = (part: Part) => qualified(part.schema, part.table);
const partKey = (part: Part) => `${keyOf(part.schema, part.table)}\u0000${part.name}`;
const whole = (part: Part) => wholeKey('relation', keyOf(part.schema, part.table));
const partRef = (kind: string) => (part: Part) => objectRef(kind, part.schema, part.name, { table: part.table });

type Commented = 'constraint' | 'index' | 'policy' | 'trigger' | 'rule';

/** The comment that a part just made has on `side`. */
function commented(kind: Commented, part: Part, side: Side): string[] {
  const comment = side.comment(kind, part.schema, part.table, part.name);
  if (comment === null) return [];
  const name = kind === 'index' ? qualified(part.schema, part.name) : `${quoteIdent(part.name)} on ${tableOf(part)}`;
  return [`comment on ${kind} ${name} is ${quoteLiteral(comment)}`];
}

/** On the project's own tables, or put on one of Supabase's by the project. */
function isOwnPart(part: Part, side: Side): boolean {
  if (side.isOwn(part.schema, part.table)) return true;
  const relation = side.relation(part.schema, part.table);
  if (!relation || relation.extension !== null || part.schema === 'supabase_migrations') return false;
  return relation.platform && !PLATFORM_PARTS.has(`${part.schema}.${part.table}.${part.name}`);
}

const VALIDITY = / NOT VALID$/;

export const constraints: Kind<Constraint> = {
  id: 'constraint',
  rows: (side) => side.catalogue.constraints.filter((row) => !row.inherited && side.isOwn(row.schema, row.table)),
  key: partKey,
  object: partRef('constraint'),
  whole,
  presence: 'high',
  aspects: [
    textAspect<Constraint>({
      name: 'definition',
      severity: 'high',
      text: (row) => row.definition.replace(VALIDITY, ''),
      same: (live, migrations, pair) => sameSql('constraint', live, migrations, pair.names),
      change: (from, to, direction) => [...constraints.drop(from, direction), ...constraints.create(to, direction)],
    }),
    textAspect<Constraint>({
      name: 'validation',
      severity: 'high',
      follows: (live) =>
        live.validated ? 'a database built from the migrations may hold rows that break it' : 'older rows may break it',
      text: (row) => (row.validated ? 'validated' : 'not valid'),
      change(from, to, direction) {
        if (to.validated) return [`alter table ${tableOf(from)} validate constraint ${quoteIdent(from.name)}`];
        return [...constraints.drop(from, direction), ...constraints.create(to, direction)];
      },
    }),
  ],
  create: (row, { to }) => [
    `alter table ${tableOf(row)} add constraint ${quoteIdent(row.name)} ${row.definition}`,
    ...commented('constraint', row, to),
  ],
  drop: (row) => [`alter table ${tableOf(row)} drop constraint ${quoteIdent(row.name)}`],
  nameless: (row) => JSON.stringify([row.schema, row.table, row.type, row.definition]),
  rename: (from, to) => [
    `alter table ${tableOf(from)} rename constraint ${quoteIdent(from.name)} to ${quoteIdent(to.name)}`,
  ],
};

/** An index's definition under a name that stands for any. */
function namelessIndex(row: Index): string {
  return row.definition.replace(` INDEX ${quoteIdent(row.name)} ON `, ' INDEX x ON ');
}

export const indexes: Kind<Index> = {
  id: 'index',
  rows: (side) =>
    side.catalogue.indexes.filter(
      (row) => !row.constraint && !row.inherited && !row.building && side.isOwn(row.schema, row.table),
    ),
  key: partKey,
  object: partRef('index'),
  whole,
  presence: 'high',
  aspects: [
    textAspect<Index>({
      name: 'definition',
      severity: 'high',
      text: (row) => row.definition,
      same: (live, migrations, pair) => sameSql('statement', live, migrations, pair.names),
      change: (from, to, direction) => [...indexes.drop(from, direction), ...indexes.create(to, direction)],
    }),
    textAspect<Index>({
      name: 'validity',
      severity: 'high',
      follows: (live) => (live.valid ? '' : 'no query uses it, and every write still pays for it'),
      text: (row) => (row.valid ? 'valid' : 'invalid'),
      change: (from, to) => (to.valid ? [`reindex index concurrently ${qualified(from.schema, from.name)}`] : []),
    }),
  ],
  create(row, { to }) {
    const parted = to.relation(row.schema, row.table)?.kind === 'partitioned table';
    return [indexStatement(row, !parted), ...commented('index', row, to)];
  },
  drop(row, { from }) {
    const parted = from.relation(row.schema, row.table)?.kind === 'partitioned table';
    return [`drop index ${parted ? '' : 'concurrently '}${qualified(row.schema, row.name)}`];
  },
  nameless: (row) => namelessIndex(row),
  rename: (from, to) => [`alter index ${qualified(from.schema, from.name)} rename to ${quoteIdent(to.name)}`],
};

const roleList = (policy: Policy, side: Side) => policy.roles.map((role) => side.role(role)).sort();

export const policies: Kind<Policy> = {
  id: 'policy',
  rows: (side) => side.catalogue.policies.filter((row) => isOwnPart(row, side)),
  key: partKey,
  object: partRef('policy'),
  whole,
  presence: 'blocker',
  aspects: [
    textAspect<Policy>({
      name: 'command',
      severity: 'blocker',
      text: (row) => `${row.permissive ? 'permissive' : 'restrictive'}, for ${row.command}`,
      change: (from, to, direction) => [...policies.drop(from, direction), ...policies.create(to, direction)],
    }),
    textAspect<Policy>({
      name: 'roles',
      severity: 'blocker',
      text: (row, side) => roleList(row, side).join(', '),
      change: (from, to, direction) => [
        `alter policy ${quoteIdent(from.name)} on ${tableOf(from)} to ${roleList(to, direction.to)
          .map((role) => (role === 'public' ? role : direction.from.sqlRole(role)))
          .join(', ')}`,
      ],
    }),
    textAspect<Policy>({
      name: 'USING',
      severity: 'blocker',
      text: (row) => row.using,
      same: (live, migrations, pair) => sameSql('expression', live, migrations, pair.names),
      change: expressionChange('using'),
    }),
    textAspect<Policy>({
      name: 'WITH CHECK',
      severity: 'blocker',
      text: (row) => row.check,
      same: (live, migrations, pair) => sameSql('expression', live, migrations, pair.names),
      change: expressionChange('check'),
    }),
  ],
  create: (row, { from, to }) => [
    policyStatement({ ...row, roles: row.roles.map((role) => to.role(role)) }, from),
    ...commented('policy', row, to),
  ],
  drop: (row) => [`drop policy ${quoteIdent(row.name)} on ${tableOf(row)}`],
  nameless: (row) =>
    JSON.stringify([row.schema, row.table, row.permissive, row.command, row.roles, row.using, row.check]),
  rename: (from, to) => [`alter policy ${quoteIdent(from.name)} on ${tableOf(from)} rename to ${quoteIdent(to.name)}`],
};

/** ALTER POLICY can change an expression but take none away. */
function expressionChange(part: 'using' | 'check'): (from: Policy, to: Policy, direction: Direction) => string[] {
  return (from, to, direction) => {
    const expression = to[part];
    if (expression === null) return [...policies.drop(from, direction), ...policies.create(to, direction)];
    const clause = part === 'using' ? 'using' : 'with check';
    return [`alter policy ${quoteIdent(from.name)} on ${tableOf(from)} ${clause} (${expression})`];
  };
}

const ENABLED: Readonly<Record<Trigger['enabled'], string>> = {
  O: 'enabled',
  D: 'disabled',
  R: 'enabled in a replica only',
  A: 'always enabled',
};

/** Triggers that are there; the switch of a foreign key's own ones is told of the table. */
export const triggers: Kind<Trigger> = {
  id: 'trigger',
  rows: (side) => side.catalogue.triggers.filter((row) => !row.internal && isOwnPart(row, side)),
  key: partKey,
  object: partRef('trigger'),
  whole,
  presence: 'high',
  aspects: [
    textAspect<Trigger>({
      name: 'definition',
      severity: 'high',
      text: (row) => row.definition,
      same: (live, migrations, pair) => sameSql('statement', live, migrations, pair.names),
      change: (from, to, direction) => [...triggers.drop(from, direction), ...triggers.create(to, direction)],
    }),
    textAspect<Trigger>({
      name: 'state',
      severity: 'high',
      follows: (live) => (live.enabled === 'D' ? 'what it is there for does not happen' : ''),
      text: (row) => ENABLED[row.enabled],
      change: (_from, to) => [triggerSwitch(to)],
    }),
  ],
  create: (row, { to }) => [
    row.definition,
    ...(row.enabled === 'O' ? [] : [triggerSwitch(row)]),
    ...commented('trigger', row, to),
  ],
  drop: (row) => [`drop trigger ${quoteIdent(row.name)} on ${tableOf(row)}`],
  nameless: (row) => row.definition.replace(` TRIGGER ${quoteIdent(row.name)} `, ' TRIGGER x '),
  rename: (from, to) => [`alter trigger ${quoteIdent(from.name)} on ${tableOf(from)} rename to ${quoteIdent(to.name)}`],
};

/** A foreign key that is switched off (DISABLE TRIGGER ALL): its own triggers are named by number, so the constraint is. */
export const switchedOff: Kind<Part & { foreignKey: true }> = {
  id: 'foreign key switch',
  rows(side) {
    const names = new Map<string, Part & { foreignKey: true }>();
    for (const row of side.catalogue.triggers) {
      if (!row.internal || row.enabled !== 'D' || row.constraint === null) continue;
      if (!side.isOwn(row.schema, row.table)) continue;
      const part = { schema: row.schema, table: row.table, name: row.constraint, foreignKey: true } as const;
      names.set(partKey(part), part);
    }
    return [...names.values()];
  },
  key: partKey,
  object: (part) => objectRef('constraint', part.schema, part.name, { table: part.table }),
  whole,
  presence: 'high',
  aspects: [],
  create: (part) => [`alter table ${tableOf(part)} disable trigger all`],
  drop: (part, { to }) => [
    `alter table ${tableOf(part)} enable trigger all`,
    ...to
      .triggersOf(part.schema, part.table)
      .filter((trigger) => !trigger.internal && trigger.enabled !== 'O')
      .map(triggerSwitch),
  ],
};

export const rules: Kind<Row<'rules'>> = {
  id: 'rule',
  rows: (side) => side.catalogue.rules.filter((row) => side.isOwn(row.schema, row.table)),
  key: partKey,
  object: partRef('rule'),
  whole,
  presence: 'high',
  aspects: [
    textAspect<Row<'rules'>>({
      name: 'definition',
      severity: 'high',
      text: (row) => row.definition.replace(/;\s*$/, ''),
      same: (live, migrations, pair) => sameSql('statement', live, migrations, pair.names),
      change: (_from, to) => [to.definition.replace(/;\s*$/, '').replace(/^CREATE RULE/, 'CREATE OR REPLACE RULE')],
    }),
    textAspect<Row<'rules'>>({
      name: 'state',
      severity: 'high',
      text: (row) => ENABLED[row.enabled],
      change: (_from, to) => [ruleSwitch(to)],
    }),
  ],
  create: (row, { to }) => [
    row.definition.replace(/;\s*$/, ''),
    ...(row.enabled === 'O' ? [] : [ruleSwitch(row)]),
    ...commented('rule', row, to),
  ],
  drop: (row) => [`drop rule ${quoteIdent(row.name)} on ${tableOf(row)}`],
};

export const statistics: Kind<Row<'statisticsObjects'>> = {
  id: 'statistics',
  rows: (side) =>
    side.catalogue.statisticsObjects.filter(
      (row) => isProject('other', { ...row, owner: row.owner }) && side.isOwn(row.tableSchema, row.table),
    ),
  key: (row) => keyOf(row.schema, row.name),
  object: (row) => objectRef('statistics', row.schema, row.name),
  whole: (row) => wholeKey('relation', keyOf(row.tableSchema, row.table)),
  presence: 'high',
  aspects: [
    textAspect<Row<'statisticsObjects'>>({
      name: 'definition',
      severity: 'high',
      text: (row) => row.definition,
      same: (live, migrations, pair) => sameSql('statement', live, migrations, pair.names),
      change: (from, to, direction) => [...statistics.drop(from, direction), ...statistics.create(to, direction)],
    }),
    textAspect<Row<'statisticsObjects'>>({
      name: 'statistics target',
      severity: 'low',
      text: (row) => row.target?.toString() ?? null,
      change: (from, to) => [`alter statistics ${qualified(from.schema, from.name)} set statistics ${to.target ?? -1}`],
    }),
  ],
  create: (row) => [
    row.definition,
    ...(row.target === null
      ? []
      : [`alter statistics ${qualified(row.schema, row.name)} set statistics ${row.target}`]),
  ],
  drop: (row) => [`drop statistics ${qualified(row.schema, row.name)}`],
};
