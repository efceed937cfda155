import { grants } from '../../core/acl.ts';
import type { Facts, FunctionFact, Relation } from '../../core/facts.ts';
import { type Node, parseStatements, walk } from '../../core/sql.ts';
import { qualified, quoteIdent } from '../../core/text.ts';
import {
  type Access,
  API_ROLES,
  accessOf,
  bypassesRls,
  canExecute,
  columnsOf,
  EXPOSURE,
  type ExposureFacts,
  effectivePrivileges,
  exposedSchemas,
  isInvokerView,
  least,
  reachesSchema,
  roleClosure,
  rowsOf,
  who,
} from './exposure.ts';
import { perFacet } from './memo.ts';
import { OPERATIONS, type Operation } from './policy-tree.ts';
import { isUsers, listed } from './refs.ts';
import { functionTree, relationsIn, throughFunctions } from './sql-tree.ts';
import { BOOKKEEPING, functionsByName, groupBy, keyOf } from './tables.ts';
import { onlySource, resolveRelation, viewNamed, viewSelect } from './view-tree.ts';

/*
 * Exposure as one judgement: what a role reaches of a table by name (exposure.ts), and by the ways round its grants and
 * policies: views and functions that run with another's rights, parent tables, triggers and foreign keys.
 * Source: PostgreSQL, CREATE VIEW (security_invoker), CREATE FUNCTION (SECURITY DEFINER), Inheritance, and CREATE POLICY
 * (“referential integrity checks … always bypass row security”).
 */

export type ReachFacts = Omit<ExposureFacts, 'functions' | 'views' | 'triggers'> &
  Pick<Facts, 'functions' | 'views' | 'triggers' | 'constraints' | 'sequences'>;

/** Facets that reachOf needs. */
export const REACH_FACTS = [
  ...EXPOSURE,
  'triggers',
  'constraints',
  'sequences',
] as const satisfies readonly (keyof ReachFacts)[];

type Rows = Access['rows'];

/** A way to a table's rows that is not the table by name. */
export interface Way {
  kind: 'view' | 'function' | 'parent' | 'trigger' | 'foreign key';
  /** What leads there, in words. */
  name: string;
  operation: Operation;
  /** some: which rows is up to what leads there. */
  rows: Exclude<Rows, 'none'>;
}

/** What one role reaches of one relation. */
export interface Reach {
  schema: string;
  name: string;
  kind: Relation['kind'];
  role: string;
  /** Over the Data API, by name. */
  direct: Readonly<Record<Operation, Rows>>;
  ways: readonly Way[];
  /** In plain words. */
  sentence: string;
}

/** Roles that a request can run as: those of the platform, and the project's that authenticator may become. */
export function requestRoles(facts: Pick<Facts, 'roles'>): string[] {
  const platform = [...API_ROLES, 'service_role'];
  const own = facts.roles.find(({ name }) => name === 'authenticator')?.memberOf ?? [];
  return [
    ...platform.filter((name) => facts.roles.some((role) => role.name === name)),
    ...own.filter((name) => !platform.includes(name)).toSorted(),
  ];
}

/** What every request role reaches of every relation of the project; null where nobody says which schemas are served. */
export function reachOf(facts: ReachFacts): Reach[] | null {
  if (exposedSchemas(facts) === null) return null;
  const relations = facts.relations.filter((relation) => isUsers(relation) && !BOOKKEEPING.has(relation.name));
  return requestRoles(facts).flatMap((role) => {
    const ways = waysOf(facts, role);
    return relations.map((relation): Reach => {
      const accesses = OPERATIONS.map((operation) => accessOf(facts, role, relation, operation));
      const direct = Object.fromEntries(accesses.map(({ operation, rows }) => [operation, rows])) as Reach['direct'];
      const { schema, name, kind } = relation;
      const round = (ways.get(keyOf(schema, name)) ?? []).filter((way) => gains(way, direct[way.operation]));
      return { schema, name, kind, role, direct, ways: round, sentence: said(facts, role, relation, accesses, round) };
    });
  });
}

/** More than what is reached by name. Through views and functions `some` rows may be others than by name. */
function gains({ kind, rows }: Way, direct: Rows): boolean {
  if (direct === 'all') return false;
  return direct === 'none' || rows === 'all' || kind === 'view' || kind === 'function' || kind === 'trigger';
}

/** Whom migrations run as. */
const MIGRATOR = 'postgres';

/**
 * What a request reaches of a table that a migration makes from now on, before anything else is said of it: a sentence for
 * each served schema and role. Entries of a schema add to those for all schemas (PostgreSQL, ALTER DEFAULT PRIVILEGES).
 */
export function futureOf(
  facts: Pick<ReachFacts, 'database' | 'roles' | 'schemas'> & Pick<Facts, 'defaultAcls'>,
): string[] {
  const schemas = (exposedSchemas(facts) ?? []).filter((name) =>
    facts.schemas.some((schema) => schema.name === name && (!schema.platform || name === 'public')),
  );
  return schemas.flatMap((schema) => {
    const acl = facts.defaultAcls
      .filter(({ owner, objects }) => owner === MIGRATOR && objects === 'tables')
      .filter((entry) => entry.schema === null || entry.schema === schema)
      .flatMap((entry) => entry.acl);
    return requestRoles(facts).map((role) => {
      const closure = roleClosure(facts, role);
      const held = reachesSchema(facts, role, schema) ? OPERATIONS.filter((one) => grants(acl, one, closure)) : [];
      const table = `a table that ${MIGRATOR} makes in ${quoteIdent(schema)} from now on`;
      if (held.length === 0) return `${who(role)} cannot reach ${table} until it is granted`;
      const until = bypassesRls(facts, role) ? '' : ' until row level security is switched on';
      return `${who(role)} can ${deeds(held, 'all')} of ${table}${until}`;
    });
  });
}

interface Found {
  relation: Relation;
  way: Way;
}

function found(relation: Relation, way: Omit<Way, 'rows'>, rows: Rows): Found[] {
  return rows === 'none' ? [] : [{ relation, way: { ...way, rows } }];
}

/** By relation; of what leads there several times, the widest. */
function waysOf(facts: ReachFacts, role: string): Map<string, Way[]> {
  const all = [
    ...waysByViews(facts, role),
    ...waysByFunctions(facts, role),
    ...waysByParents(facts, role),
    ...waysByTriggers(facts, role),
    ...waysByKeys(facts, role),
  ];
  return new Map(
    [...groupBy(all, ({ relation }) => keyOf(relation.schema, relation.name))].map(([key, entries]) => {
      const widest = new Map<string, Way>();
      for (const { way } of entries) {
        const what = `${way.kind} ${way.name} ${way.operation}`;
        if (widest.get(what)?.rows !== 'all') widest.set(what, way);
      }
      return [key, [...widest.values()]];
    }),
  );
}

/** Rows that remain when `runner` acts for the role: all where no policy is asked, else as policies say. */
function rowsAs(facts: ReachFacts, runner: string, role: string, table: Relation, operation: Operation): Rows {
  if (runner === role) return rowsOf(facts, role, table, operation).rows;
  const owns = roleClosure(facts, runner).has(table.owner) && !table.forceRls;
  return owns || bypassesRls(facts, runner) || !table.rls ? 'all' : 'some';
}

/** With the caller's own rights on a table that is served anyway nothing is gained. */
function gainsNothing(facts: ReachFacts, role: string, runner: string, table: Relation): boolean {
  return runner === role && (exposedSchemas(facts)?.includes(table.schema) ?? false);
}

function runnerOf(view: Relation, role: string): string {
  return view.kind === 'view' && isInvokerView(view) ? role : view.owner;
}

/** Tables under a view, each with whose rights it is read. */
function basesOf(facts: ReachFacts, role: string, view: Relation, depth = 0): { table: Relation; runner: string }[] {
  if (depth > 8) return [];
  return (viewNamed(facts.views, view.schema, view.name)?.reads ?? []).flatMap(([schema, name]) => {
    const base = resolveRelation(facts.relations, schema, name);
    if (!base) return [];
    return base.kind === 'view'
      ? basesOf(facts, role, base, depth + 1)
      : [{ table: base, runner: runnerOf(view, role) }];
  });
}

/** The table that a write through the view ends in, with whose rights. */
function targetOf(
  facts: ReachFacts,
  role: string,
  view: Relation,
  depth = 0,
): { table: Relation; runner: string } | null {
  const definition = viewNamed(facts.views, view.schema, view.name);
  const select = definition ? viewSelect(definition.definition) : null;
  const source = select ? onlySource(select) : null;
  if (!definition || !source || depth > 8) return null;
  const read = definition.reads.find(([schema, name]) => name === source.name && (source.schema ?? schema) === schema);
  const base = read && resolveRelation(facts.relations, ...read);
  if (!base) return null;
  return base.kind === 'view' ? targetOf(facts, role, base, depth + 1) : { table: base, runner: runnerOf(view, role) };
}

function waysByViews(facts: ReachFacts, role: string): Found[] {
  const views = facts.relations.filter(
    (relation) => isUsers(relation) && (relation.kind === 'view' || relation.kind === 'materialized view'),
  );
  return views.flatMap((view) => {
    const target = view.kind === 'view' ? targetOf(facts, role, view) : null;
    return OPERATIONS.flatMap((operation) => {
      const { rows } = accessOf(facts, role, view, operation);
      if (rows === 'none') return [];
      const tables = operation === 'select' ? basesOf(facts, role, view) : target === null ? [] : [target];
      return tables.flatMap(({ table, runner }) =>
        gainsNothing(facts, role, runner, table)
          ? []
          : found(
              table,
              { kind: 'view', name: qualified(view.schema, view.name), operation },
              least(rows, rowsAs(facts, runner, role, table, operation)),
            ),
      );
    });
  });
}

const STATEMENTS: Readonly<Record<string, Operation>> = {
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
};

/** Relations that a function's statements name, with what is done to each. */
function usesOf(facts: ReachFacts, fn: FunctionFact, body: unknown): { relation: Relation; operation: Operation }[] {
  const path = fn.config
    .find((setting) => setting.startsWith('search_path='))
    ?.slice('search_path='.length)
    .split(',')
    .map((schema) => schema.trim().replace(/^"(.*)"$/, '$1'));
  const resolve = (schema: string | null, name: string): Relation[] => {
    const places = schema === null ? (path ?? ['public']) : [schema];
    const relation = places.map((place) => resolveRelation(facts.relations, place, name)).find(Boolean);
    return relation ? [relation] : [];
  };
  const uses = relationsIn(body).flatMap(({ schema, name }) =>
    resolve(schema, name).map((relation) => ({ relation, operation: 'select' as Operation })),
  );
  walk(body, (type, node) => {
    const operation = STATEMENTS[type];
    const target = node.relation as { schemaname?: string; relname?: string } | undefined;
    if (operation && target?.relname)
      uses.push(...resolve(target.schemaname ?? null, target.relname).map((relation) => ({ relation, operation })));
    return undefined;
  });
  return uses;
}

/** What a call does to tables, through the functions it calls in turn, and with whose rights. */
function effectsOf(
  facts: ReachFacts,
  fn: FunctionFact,
  caller: string,
): { relation: Relation; operation: Operation; runner: string }[] {
  const outer = fn.securityDefiner ? fn.owner : caller;
  return throughFunctions(functionTree(fn).body, facts.functions).flatMap(({ tree, fn: inner }) =>
    usesOf(facts, inner ?? fn, tree).map((use) => ({ ...use, runner: inner?.securityDefiner ? inner.owner : outer })),
  );
}

function waysByFunctions(facts: ReachFacts, role: string): Found[] {
  const callable = facts.functions.filter(
    (fn) => isUsers(fn) && fn.trigger === null && reachesSchema(facts, role, fn.schema) && canExecute(facts, role, fn),
  );
  return callable.flatMap((fn) =>
    effectsOf(facts, fn, role).flatMap(({ relation, operation, runner }) => {
      if (gainsNothing(facts, role, runner, relation)) return [];
      const name = `${qualified(fn.schema, fn.name)}(${fn.arguments})`;
      const rows = rowsAs(facts, runner, role, relation, operation);
      return found(relation, { kind: 'function', name, operation }, rows === 'none' ? 'none' : 'some');
    }),
  );
}

function ancestorsOf(facts: ReachFacts, relation: Relation, depth = 0): Relation[] {
  if (depth > 8) return [];
  return (relation.parents ?? []).flatMap(([schema, name]) => {
    const parent = resolveRelation(facts.relations, schema, name);
    return parent ? [parent, ...ancestorsOf(facts, parent, depth + 1)] : [];
  });
}

/** A query of the parent asks its privileges and policies alone. */
function waysByParents(facts: ReachFacts, role: string): Found[] {
  return facts.relations.filter(isUsers).flatMap((relation) =>
    ancestorsOf(facts, relation).flatMap((parent) =>
      OPERATIONS.flatMap((operation) => {
        // What is inserted into a parent that is not partitioned stays there.
        if (operation === 'insert' && parent.kind !== 'partitioned table') return [];
        const { rows } = accessOf(facts, role, parent, operation);
        return found(relation, { kind: 'parent', name: qualified(parent.schema, parent.name), operation }, rows);
      }),
    ),
  );
}

/** Bits of CreateTrigStmt.events. */
const EVENTS: readonly [Operation, number][] = [
  ['insert', 4],
  ['delete', 8],
  ['update', 16],
];

function eventsOf(definition: string): Operation[] {
  const node: Node | undefined = parseStatements(definition)?.[0];
  const bits = node && 'CreateTrigStmt' in node ? (node.CreateTrigStmt.events ?? 0) : 0;
  return EVENTS.flatMap(([operation, bit]) => ((bits & bit) === 0 ? [] : [operation]));
}

function waysByTriggers(facts: ReachFacts, role: string): Found[] {
  return facts.triggers.flatMap((trigger) => {
    const table = resolveRelation(facts.relations, trigger.schema, trigger.table);
    const fn = functionsByName(facts.functions)
      .get(keyOf(trigger.functionSchema, trigger.function))
      ?.find((one) => one.trigger !== null);
    if (trigger.internal || trigger.enabled === 'D' || !table || !isUsers(table) || !fn?.securityDefiner) return [];
    const fires = eventsOf(trigger.definition).some(
      (operation) => accessOf(facts, role, table, operation).rows !== 'none',
    );
    if (!fires) return [];
    const name = `${quoteIdent(trigger.name)} of ${qualified(table.schema, table.name)}`;
    return effectsOf(facts, fn, role).flatMap(({ relation, operation, runner }) => {
      if (operation === 'select' || relation === table) return [];
      const rows = rowsAs(facts, runner, role, relation, operation);
      return found(relation, { kind: 'trigger', name, operation }, rows === 'none' ? 'none' : 'some');
    });
  });
}

function waysByKeys(facts: ReachFacts, role: string): Found[] {
  const reaches = (table: Relation, operation: Operation) => accessOf(facts, role, table, operation).rows !== 'none';
  return facts.constraints.flatMap((constraint): Found[] => {
    const { references } = constraint;
    if (constraint.type !== 'f' || !references || constraint.inherited) return [];
    const child = resolveRelation(facts.relations, constraint.schema, constraint.table);
    const parent = resolveRelation(facts.relations, references.schema, references.table);
    if (!child || !parent || parent === child) return [];
    const name = `${quoteIdent(constraint.name)} of ${qualified(child.schema, child.name)}`;
    const follows = references.onDelete === 'c' ? 'delete' : references.onDelete === 'n' ? 'update' : null;
    return [
      ...(isUsers(child) && follows && reaches(parent, 'delete')
        ? found(child, { kind: 'foreign key', name, operation: follows }, 'some')
        : []),
      // A key that is refused is one that does not exist: whoever may write the child can ask.
      ...(isUsers(parent) && reaches(child, 'insert') && !reaches(parent, 'select')
        ? found(parent, { kind: 'foreign key', name, operation: 'select' }, 'some')
        : []),
    ];
  });
}

const DOES: Readonly<Record<Operation, string>> = {
  select: 'read',
  insert: 'insert',
  update: 'change',
  delete: 'delete',
};

function joined(words: readonly string[], last: string): string {
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}` : (words[0] ?? '');
}

/** `read and delete every row and insert any row`. */
function deeds(operations: readonly Operation[], rows: Rows): string {
  const verbs = (list: readonly Operation[]) =>
    joined(
      list.map((operation) => DOES[operation]),
      'and',
    );
  if (rows !== 'all') return `${verbs(operations)} some rows`;
  const existing = operations.filter((operation) => operation !== 'insert');
  return [
    ...(existing.length > 0 ? [`${verbs(existing)} every row`] : []),
    ...(operations.includes('insert') ? ['insert any row'] : []),
  ].join(' and ');
}

/** Columns that the privilege is confined to; empty where it is held on the whole table. */
function confinedTo(facts: ReachFacts, role: string, relation: Relation, operation: Operation): string[] {
  const { table, columns } = effectivePrivileges(facts, role, relation);
  if (operation === 'delete' || table.has(operation)) return [];
  return columnsOf(facts, relation)
    .map(({ name }) => name)
    .filter((name) => columns.get(name)?.has(operation));
}

/** Sequences that feed a column and are no part of it, as an identity's is. */
const sequencesByTable = perFacet((sequences: Facts['sequences']) =>
  groupBy(
    sequences.filter(({ tie, column }) => tie !== 'identity' && column !== null),
    ({ column }) => keyOf(column?.schema ?? '', column?.table ?? ''),
  ),
);

/** Sequences that an INSERT without the key would need and the role may not use. */
function closedSequences(facts: ReachFacts, role: string, relation: Relation): string[] {
  const closure = roleClosure(facts, role);
  const feeding = sequencesByTable(facts.sequences).get(keyOf(relation.schema, relation.name)) ?? [];
  if (bypassesRls(facts, role)) return [];
  return feeding.flatMap(({ schema, name, acl }) =>
    grants(acl, 'usage', closure) || grants(acl, 'update', closure) ? [] : [qualified(schema, name)],
  );
}

function can(facts: ReachFacts, role: string, relation: Relation, accesses: readonly Access[]): string[] {
  const open = accesses.filter(({ rows }) => rows !== 'none');
  const columns = (operation: Operation) => confinedTo(facts, role, relation, operation);
  return [...groupBy(open, ({ rows, operation }) => `${rows} ${columns(operation).join()}`).values()].map((alike) => {
    const operations = alike.map(({ operation }) => operation);
    const only = columns(operations[0] ?? 'select');
    const policies = [...new Set(alike.flatMap((access) => access.policies.map(({ name }) => `“${name}”`)))];
    const notes = [
      ...(only.length > 0 ? [`${only.length === 1 ? 'column' : 'columns'} ${listed(only, 4)} only`] : []),
      ...(policies.length > 0 ? [`${policies.length === 1 ? 'policy' : 'policies'} ${listed(policies, 3)}`] : []),
    ];
    return `${deeds(operations, alike[0]?.rows ?? 'some')}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
  });
}

function cannot(role: string, accesses: readonly Access[]): { verbs: string; why: string }[] {
  const closed = accesses.filter(({ rows }) => rows === 'none');
  const groups = groupBy(closed, ({ because, reason }) => (because === 'no-privilege' ? because : reason));
  return [...groups].map(([key, alike]) => ({
    verbs: joined(
      alike.map(({ operation }) => DOES[operation]),
      'or',
    ),
    why:
      key !== 'no-privilege'
        ? key
        : alike.length === OPERATIONS.length
          ? `${role} has no privilege on it`
          : `${role} has no ${joined(
              alike.map(({ operation }) => operation.toUpperCase()),
              'or',
            )} privilege`,
  }));
}

function said(
  facts: ReachFacts,
  role: string,
  relation: Relation,
  accesses: readonly Access[],
  ways: readonly Way[],
): string {
  const target = qualified(relation.schema, relation.name);
  const open = can(facts, role, relation, accesses);
  const closed = cannot(role, accesses);
  const [only] = closed;
  const byName = ways.length > 0 ? ' by name' : '';
  const lead =
    open.length > 0
      ? [
          `${who(role)} can ${joined(open, 'and')} of ${target}`,
          ...closed.map(({ verbs, why }) => `cannot ${verbs}: ${why}`),
        ]
      : closed.length === 1
        ? [`${who(role)} cannot reach ${target}${byName}: ${only?.why}`]
        : [
            `${who(role)} cannot reach ${target}${byName}`,
            ...closed.map(({ verbs, why }) => `cannot ${verbs}: ${why}`),
          ];
  const inserts = accesses.some(({ operation, rows }) => operation === 'insert' && rows !== 'none');
  const sequences = inserts ? closedSequences(facts, role, relation) : [];
  const keyed =
    sequences.length > 0 ? [`an insert has to name the key: no USAGE on the sequence ${listed(sequences)}`] : [];
  return [
    ...lead,
    ...keyed,
    ...round(ways).map((way, at) => (at === 0 && open.length === 0 ? `but ${way}` : way)),
  ].join('; ');
}

const BY: Readonly<Record<Way['kind'], (name: string, does: string) => string>> = {
  view: (name, does) => `can ${does} through the view ${name}`,
  function: (name, does) => `can ${does.replace('some rows', 'what it lets through')} by calling ${name}`,
  parent: (name, does) => `can ${does} through the parent table ${name}`,
  trigger: (name, does) => `can make the trigger ${name} ${does}`,
  'foreign key': (name, does) =>
    does.startsWith('read')
      ? `can find out which keys exist by the foreign key ${name}`
      : `can ${does} by deleting what the foreign key ${name} points to`,
};

function round(ways: readonly Way[]): string[] {
  const read = (way: Way) => way.kind === 'foreign key' && way.operation === 'select';
  // Operations of one way together, then ways that do the same.
  const each = [...groupBy(ways, (way) => `${way.kind} ${way.name} ${way.rows} ${read(way)}`).values()].flatMap(
    (alike) => {
      const [first] = alike;
      const does = deeds(
        alike.map(({ operation }) => operation),
        first?.rows ?? 'some',
      );
      return first ? [{ kind: first.kind, name: first.name, does }] : [];
    },
  );
  return [...groupBy(each, ({ kind, does }) => `${kind} ${does}`).values()].flatMap((alike) => {
    const [first] = alike;
    return first
      ? [
          BY[first.kind](
            listed(
              alike.map(({ name }) => name),
              3,
            ),
            first.does,
          ),
        ]
      : [];
  });
}
