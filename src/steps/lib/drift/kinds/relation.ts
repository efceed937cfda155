import type { Relation } from '../../../../core/facts.ts';
import { type ObjectRef, objectRef } from '../../../../core/object.ts';
import { qualified, quoteIdent } from '../../../../core/text.ts';
import { keyOf } from '../../tables.ts';
import { commentText, foreignOptionChanges, optionChanges, storageOptions } from '../ddl/options.ts';
import { createRelation, dropRelation, isView, relationWords, replicaIdentityStatement } from '../ddl/relation.ts';
import { sequenceName } from '../ddl/sequence.ts';
import { type Aspect, flagAspect, type Kind, type Pair, type Shown, textAspect } from '../model.ts';
import { sameSql } from '../normal.ts';
import { isProject, REQUEST_ROLES } from '../platform.ts';
import {
  givesMore,
  grantsAfterOwnerChange,
  onlyFor,
  privilegeDifference,
  privilegeStatements,
  privilegesOf,
} from '../privileges.ts';
import type { Side } from '../side.ts';

export function relationRef({ kind, schema, name }: Relation): ObjectRef {
  return objectRef(kind === 'partitioned table' ? 'table' : kind, schema, name);
}

const target = (relation: Relation) => qualified(relation.schema, relation.name);
const alter = (relation: Relation, what: string) => `alter ${relationWords(relation)} ${what}`;

/** Options by which a view decides whose rights count. */
const SECURITY_OPTIONS = new Set(['security_invoker', 'security_barrier', 'check_option']);
const isSecurityOption = (option: string) => SECURITY_OPTIONS.has(option.split('=')[0] ?? '');

/** `on`, `true` and `1` are one to PostgreSQL. */
function canonicalOption(option: string): string {
  const at = option.indexOf('=');
  const value = option.slice(at + 1).toLowerCase();
  const word = ['on', 'true', 'yes', '1'].includes(value)
    ? 'true'
    : ['off', 'false', 'no'].includes(value)
      ? 'false'
      : value;
  return `${option.slice(0, at)}=${isSecurityOption(option) ? word : value}`;
}

function optionsAspect(security: boolean): Aspect<Relation> {
  const of = (relation: Relation) =>
    relation.options
      .filter((option) => isSecurityOption(option) === security)
      .map(canonicalOption)
      .filter((option) => option !== 'security_invoker=false' && option !== 'security_barrier=false')
      .sort();
  return textAspect({
    name: security ? 'security options' : 'storage parameters',
    severity: security ? 'blocker' : 'low',
    ...(security && {
      follows: (live: Relation) =>
        live.options.map(canonicalOption).includes('security_invoker=true')
          ? 'a database built from the migrations hands out rows with the rights of the view’s owner'
          : 'who reads the view may see rows that the policies of its tables would hold back',
    }),
    text: (relation) => of(relation).join(', ') || null,
    change(from, to) {
      const { set, reset } = optionChanges(of(from), of(to));
      return [
        ...(set.length > 0 ? [alter(from, `set (${storageOptions(set)})`)] : []),
        ...(reset.length > 0 ? [alter(from, `reset (${reset.map(quoteIdent).join(', ')})`)] : []),
      ];
    },
  });
}

/** Columns in order, as CREATE OR REPLACE VIEW must find them again. */
function columnsInOrder(side: Side, relation: Relation): string[] {
  return side.columnsOf(relation.schema, relation.name).map((column) => `${column.name} ${column.type}`);
}

const PERSISTENCE = { p: 'logged', u: 'unlogged', t: 'temporary' } as const;
const REPLICA = { d: 'the primary key', n: 'nothing', f: 'the whole row', i: 'index' } as const;

const definition: Aspect<Relation> = textAspect({
  name: 'definition',
  severity: 'high',
  text: (relation, side) => (isView(relation) ? side.viewDefinition(relation.schema, relation.name) : null),
  same: (live, migrations, pair) => sameSql('statement', live, migrations, pair.names),
  change(from, to, direction) {
    const before = columnsInOrder(direction.from, from);
    const after = columnsInOrder(direction.to, to);
    const text = direction.to.viewDefinition(to.schema, to.name)?.replace(/;\s*$/, '') ?? '';
    const options = to.options.length > 0 ? ` with (${storageOptions(to.options)})` : '';
    if (from.kind === 'view' && to.kind === 'view' && before.every((column, at) => column === after[at]))
      return [`create or replace view ${target(to)}${options} as\n${text}`];
    return [...dropRelation(from), ...createRelation(to, direction)];
  },
});

const ASPECTS: readonly Aspect<Relation>[] = [
  textAspect({
    name: 'kind',
    severity: 'high',
    ofWhole: true,
    text: (relation) => relation.kind,
    change: (from, to, direction) => [...dropRelation(from), ...createRelation(to, direction)],
  }),
  definition,
  flagAspect<Relation>({
    name: 'row level security',
    severity: 'blocker',
    follows: (live) =>
      live.rls
        ? 'in a database built from the migrations every role with a grant reads and writes all its rows'
        : 'every role with a grant reads and writes all its rows',
    on: (relation) => relation.rls,
    change: (from, to) => [alter(from, `${to.rls ? 'enable' : 'disable'} row level security`)],
  }),
  flagAspect<Relation>({
    name: 'forced row level security',
    severity: 'blocker',
    on: (relation) => relation.forceRls,
    change: (from, to) => [alter(from, `${to.forceRls ? 'force' : 'no force'} row level security`)],
  }),
  textAspect<Relation>({
    name: 'owner',
    severity: 'blocker',
    follows: 'the owner passes by its policies and may change or drop it',
    text: (relation, side) => side.role(relation.owner),
    change: (from, to, direction) => [
      alter(from, `owner to ${direction.from.sqlRole(direction.to.role(to.owner))}`),
      ...grantsAfterOwnerChange(`table ${target(from)}`, from, to, direction),
      // Sequences of its columns go with it.
      ...direction.from.sequencesOf(from.schema, from.name).flatMap((sequence) => {
        const twin = direction.to.sequencesOf(to.schema, to.name).find(({ name }) => name === sequence.name);
        return twin ? grantsAfterOwnerChange(`sequence ${sequenceName(sequence)}`, sequence, twin, direction) : [];
      }),
    ],
  }),
  optionsAspect(true),
  textAspect<Relation>({
    name: 'persistence',
    severity: 'high',
    follows: (live) => (live.persistence === 'u' ? 'a crash of the server empties it' : ''),
    text: (relation) => PERSISTENCE[relation.persistence],
    change: (from, to) => [alter(from, `set ${PERSISTENCE[to.persistence]}`)],
  }),
  textAspect<Relation>({
    name: 'replica identity',
    severity: 'high',
    follows: 'realtime and replication send other old rows than the code expects',
    text: (relation) =>
      relation.replicaIdentity === 'i' ? `index ${relation.replicaIndex}` : REPLICA[relation.replicaIdentity],
    change: (_from, to) => [replicaIdentityStatement(to)],
  }),
  textAspect<Relation>({
    name: 'partition key',
    severity: 'high',
    ofWhole: true,
    text: (relation) => relation.partitionKey,
    same: (live, migrations, pair) => sameSql('partitionKey', live, migrations, pair.names),
    change: () => [],
  }),
  textAspect<Relation>({
    name: 'partition bounds',
    severity: 'high',
    ofWhole: true,
    text: (relation) => relation.partitionBound,
    same: (live, migrations, pair) => sameSql('bound', live, migrations, pair.names),
    change(from, to) {
      const [before] = from.parents ?? [];
      const [after] = to.parents ?? [];
      return [
        ...(from.partitionBound !== null && before
          ? [`alter table ${qualified(before[0], before[1])} detach partition ${target(from)}`]
          : []),
        ...(to.partitionBound !== null && after
          ? [`alter table ${qualified(after[0], after[1])} attach partition ${target(to)} ${to.partitionBound}`]
          : []),
      ];
    },
  }),
  textAspect<Relation>({
    name: 'parents',
    severity: 'high',
    ofWhole: true,
    text: (relation) =>
      relation.partitionBound === null
        ? (relation.parents?.map(([schema, name]) => qualified(schema, name)).join(', ') ?? null)
        : null,
    change(from, to) {
      if (from.partitionBound !== null || to.partitionBound !== null) return [];
      const names = (relation: Relation) => (relation.parents ?? []).map(([schema, name]) => qualified(schema, name));
      return [
        ...names(from)
          .filter((name) => !names(to).includes(name))
          .map((name) => alter(from, `no inherit ${name}`)),
        ...names(to)
          .filter((name) => !names(from).includes(name))
          .map((name) => alter(from, `inherit ${name}`)),
      ];
    },
  }),
  textAspect<Relation>({
    name: 'foreign server',
    severity: 'high',
    text: (relation) => relation.foreignServer,
    change: (from, to, direction) => [...dropRelation(from), ...createRelation(to, direction)],
  }),
  textAspect<Relation>({
    name: 'foreign options',
    severity: 'high',
    text: (relation) => relation.foreignOptions.join(', ') || null,
    change(from, to) {
      const changes = foreignOptionChanges(from.foreignOptions, to.foreignOptions);
      return changes === null ? [] : [alter(from, changes)];
    },
  }),
  optionsAspect(false),
  textAspect<Relation>({
    name: 'comment',
    severity: 'low',
    text: (relation) => relation.comment,
    change: (from, to) => [`comment on ${relationWords(from)} is ${commentText(to.comment)}`],
  }),
];

/** Tables, views, materialized views and foreign tables. Their grants are compared by grants.ts. */
export const relations: Kind<Relation> = {
  id: 'relation',
  rows: (side) => side.catalogue.relations.filter((relation) => isProject('relation', relation)),
  key: (relation) => keyOf(relation.schema, relation.name),
  object: relationRef,
  aspects: ASPECTS,
  // Jobs make and drop partitions all the time.
  presence: (relation) => (relation.partitionBound !== null ? 'low' : 'high'),
  create: createRelation,
  drop: dropRelation,
  nameless(relation, side) {
    const columns = columnsInOrder(side, relation);
    if (relation.partitionBound !== null || columns.length === 0) return null;
    return JSON.stringify([
      relation.schema,
      relation.kind,
      columns,
      side.viewDefinition(relation.schema, relation.name),
    ]);
  },
  rename: (from, to) => [alter(from, `rename to ${quoteIdent(to.name)}`)],
  renamed: 'high',
};

/** Row level security of Supabase’s own tables: only less of it than the service itself sets up is told. */
export const platformRelations: Kind<Relation> = {
  id: 'relation',
  rows: (side) =>
    side.catalogue.relations.filter(
      (relation) => relation.platform && !isProject('relation', relation) && !isView(relation),
    ),
  key: (relation) => keyOf(relation.schema, relation.name),
  object: relationRef,
  aspects: [
    {
      name: 'row level security',
      severity: 'blocker',
      follows: 'every role with a grant reads and writes all its rows',
      compare: (live, migrations): Shown | null =>
        !live.rls && migrations.rls ? { live: 'off', migrations: 'on' } : null,
      change: (from, to) => [alter(from, `${to.rls ? 'enable' : 'disable'} row level security`)],
    },
    {
      name: 'grants',
      severity: 'blocker',
      follows: 'requests reach rows of Supabase’s own tables that the platform keeps from them',
      compare(live, migrations, pair: Pair): Shown | null {
        const a = onlyFor(privilegesOf(live.acl, live.owner, pair.live), REQUEST_ROLES);
        const b = onlyFor(privilegesOf(migrations.acl, migrations.owner, pair.migrations), REQUEST_ROLES);
        return givesMore(a, b) ? privilegeDifference(a, b) : null;
      },
      change: (from, to, direction) =>
        privilegeStatements({
          target: `table ${target(from)}`,
          have: onlyFor(privilegesOf(from.acl, from.owner, direction.from), REQUEST_ROLES),
          want: onlyFor(privilegesOf(to.acl, to.owner, direction.to), REQUEST_ROLES),
          owner: null,
          side: direction.from,
        }),
    },
  ],
  presence: null,
  create: () => [],
  drop: () => [],
};
