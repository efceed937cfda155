import { grants, lettersFor, PRIVILEGE, type Privilege } from '../../core/acl.ts';
import type { Column, FactName, Facts, FunctionFact, Policy, Relation, Role } from '../../core/facts.ts';
import { qualified } from '../../core/text.ts';
import { perFacet } from './memo.ts';
import { applies, type Operation, policyVerdict } from './policy-tree.ts';
import { columnsByTable, groupBy, keyOf, policiesByTable, relationsByKey } from './tables.ts';
import { type Caller, type Verdict, verdictOfWhere } from './truth.ts';
import { isInsteadOf, onlySource, resolveRelation, viewNamed, viewSelect } from './view-tree.ts';

/*
 * Who can really do what over the Data API: schema exposed × USAGE on the schema × privilege on table or column × row level
 * security and policies. Indexes are built once per facet, so that a database of thousands of tables costs milliseconds.
 */

/** The roles a request over the Data API runs as when it carries no secret key. */
export const API_ROLES = ['anon', 'authenticated'] as const;
export type ApiRole = (typeof API_ROLES)[number];

/** Facts from which exposure over the Data API is worked out. */
export const EXPOSURE = [
  'database',
  'roles',
  'schemas',
  'relations',
  'columns',
  'policies',
  'functions',
  'views',
] as const satisfies readonly FactName[];

/** Facts that exposure is worked out from. */
export type ExposureFacts = Pick<Facts, 'database' | 'roles' | 'schemas' | 'relations' | 'columns' | 'policies'> &
  Partial<Pick<Facts, 'functions' | 'views' | 'triggers' | 'repoConfig'>>;

const NO_FUNCTIONS: readonly FunctionFact[] = [];

const closures = perFacet((_roles: readonly Role[]) => new Map<string, ReadonlySet<string>>());
const rolesByName = perFacet((roles: readonly Role[]) => new Map(roles.map((role) => [role.name, role])));

/** The role, every role whose privileges it inherits, and `public`. A NOINHERIT role inherits nothing. */
export function roleClosure(facts: Pick<Facts, 'roles'>, role: string): ReadonlySet<string> {
  const known = closures(facts.roles);
  const before = known.get(role);
  if (before) return before;
  const byName = rolesByName(facts.roles);
  const closure = new Set(['public', role]);
  const queue = [role];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const row = byName.get(name);
    if (!row?.inherit) continue;
    for (const parent of row.memberOf) {
      if (!closure.has(parent)) {
        closure.add(parent);
        queue.push(parent);
      }
    }
  }
  known.set(role, closure);
  return closure;
}

/** True when PostgreSQL asks the role for no policy at all. */
export function bypassesRls(facts: Pick<Facts, 'roles'>, role: string): boolean {
  const row = rolesByName(facts.roles).get(role);
  return row !== undefined && (row.superuser || row.bypassRls);
}

/**
 * The schemas the Data API serves and where that is written; null when neither the database nor config.toml says so.
 * Never guessed: a check that needs them is then skipped (CATALOGUE, “Never green by default”; supabase/cli#5868).
 */
export function exposedSchemas(
  facts: Pick<Facts, 'database'> & Partial<Pick<Facts, 'repoConfig'>>,
): readonly string[] | null {
  if (facts.database.exposedSchemas) return facts.database.exposedSchemas.schemas;
  const api = facts.repoConfig?.values.api as { schemas?: unknown } | undefined;
  if (!Array.isArray(api?.schemas)) return null;
  return api.schemas.filter((name): name is string => typeof name === 'string');
}

/** Reason of a check skipped because nobody says which schemas the Data API serves. */
export const UNKNOWN_EXPOSURE =
  'nobody says which schemas the Data API exposes: set pgrst.db_schemas on the role authenticator, or give the repository with [api].schemas in supabase/config.toml';

const schemasByName = perFacet((schemas: Facts['schemas']) => new Map(schemas.map((schema) => [schema.name, schema])));
/** Only columns that carry grants of their own: few, even where there are many columns. */
const grantedColumns = perFacet((columns: Facts['columns']) =>
  groupBy(
    columns.filter((column) => column.acl !== null),
    (column) => keyOf(column.schema, column.relation),
  ),
);
/** Every column name there is, for truth.ts. */
const columnNames = perFacet((columns: Facts['columns']) => new Set(columns.map((column) => column.name)));

/** Who asks, for truth.ts, with what the facts say about helper functions and columns. */
export function callerOf(facts: Partial<Pick<Facts, 'functions' | 'columns'>>, role: string): Caller {
  const functions = facts.functions ?? NO_FUNCTIONS;
  return facts.columns ? { role, functions, columnNames: columnNames(facts.columns) } : { role, functions };
}

/** The relation of that name, or undefined. */
export function relationNamed(facts: Pick<Facts, 'relations'>, schema: string, name: string): Relation | undefined {
  return relationsByKey(facts.relations).get(keyOf(schema, name));
}

/** Columns of a relation, in order. */
export function columnsOf(
  facts: Pick<Facts, 'columns'>,
  relation: { schema: string; name: string },
): readonly Column[] {
  return columnsByTable(facts.columns).get(keyOf(relation.schema, relation.name)) ?? [];
}

/** Policies of a table, in order. */
export function policiesOf(
  facts: Pick<Facts, 'policies'>,
  relation: { schema: string; name: string },
): readonly Policy[] {
  return policiesByTable(facts.policies).get(keyOf(relation.schema, relation.name)) ?? [];
}

/** True when the role may look into the schema at all (USAGE, own or inherited). */
export function schemaUsage(facts: Pick<Facts, 'roles' | 'schemas'>, role: string, schema: string): boolean {
  const row = schemasByName(facts.schemas).get(schema);
  if (!row) return false;
  return isSuperuser(facts, role) || grants(row.acl, 'usage', roleClosure(facts, role));
}

/** True when the role may execute the function; USAGE on its schema is asked separately. */
export function canExecute(facts: Pick<Facts, 'roles'>, role: string, fn: FunctionFact): boolean {
  return isSuperuser(facts, role) || grants(fn.acl, 'execute', roleClosure(facts, role));
}

function isSuperuser(facts: Pick<Facts, 'roles'>, role: string): boolean {
  return rolesByName(facts.roles).get(role)?.superuser === true;
}

const NAME_OF = new Map<string, Privilege>(
  Object.entries(PRIVILEGE).map(([name, letter]) => [letter, name as Privilege]),
);

function named(letters: Iterable<string>): Set<Privilege> {
  const privileges = new Set<Privilege>();
  for (const letter of letters) {
    const name = NAME_OF.get(letter);
    if (name) privileges.add(name);
  }
  return privileges;
}

interface KnownPrivileges {
  /** By the text of a list, and by the list itself, so that its text is made once and not by every check. */
  texts: Map<string, ReadonlySet<Privilege>>;
  lists: WeakMap<readonly string[], ReadonlySet<Privilege>>;
}
const privilegeSets = new WeakMap<ReadonlySet<string>, KnownPrivileges>();

/** Privileges that a list gives to a role's closure; thousands of tables have the same few lists. */
function privilegesFor(acl: readonly string[], closure: ReadonlySet<string>): ReadonlySet<Privilege> {
  let known = privilegeSets.get(closure);
  if (known === undefined) {
    known = { texts: new Map(), lists: new WeakMap() };
    privilegeSets.set(closure, known);
  }
  const { texts, lists } = known;
  const before = lists.get(acl);
  if (before) return before;
  const text = acl.join('\u0000');
  const privileges = texts.get(text) ?? named(lettersFor(acl, closure));
  if (texts.size > 10_000) texts.clear();
  texts.set(text, privileges);
  lists.set(acl, privileges);
  return privileges;
}

export interface EffectivePrivileges {
  /** Privileges on the whole relation. */
  table: ReadonlySet<Privilege>;
  /** Privileges on single columns beyond those, by column. */
  columns: ReadonlyMap<string, ReadonlySet<Privilege>>;
}

const ALL_PRIVILEGES: ReadonlySet<Privilege> = new Set([
  'select',
  'insert',
  'update',
  'delete',
  'truncate',
  'references',
  'trigger',
  'maintain',
]);
const NO_COLUMNS: ReadonlyMap<string, ReadonlySet<Privilege>> = new Map();

/** What the role may do with a relation: its own, inherited and PUBLIC's grants, on the relation and on columns. */
export function effectivePrivileges(
  facts: Pick<Facts, 'roles' | 'columns'>,
  role: string,
  relation: Relation,
): EffectivePrivileges {
  if (isSuperuser(facts, role)) return { table: ALL_PRIVILEGES, columns: NO_COLUMNS };
  const closure = roleClosure(facts, role);
  const table = privilegesFor(relation.acl, closure);
  const granted = grantedColumns(facts.columns).get(keyOf(relation.schema, relation.name));
  if (!granted) return { table, columns: NO_COLUMNS };
  const columns = new Map<string, Set<Privilege>>();
  for (const column of granted) {
    const privileges = named(lettersFor(column.acl ?? [], closure));
    if (privileges.size > 0) columns.set(column.name, privileges);
  }
  return { table, columns };
}

/** True when the role holds the privilege on the relation or on at least one of its columns. */
export function holds(
  facts: Pick<Facts, 'roles' | 'columns'>,
  role: string,
  relation: Relation,
  privilege: Privilege,
): boolean {
  const { table, columns } = effectivePrivileges(facts, role, relation);
  if (table.has(privilege)) return true;
  for (const privileges of columns.values()) if (privileges.has(privilege)) return true;
  return false;
}

/** True when the role may do that with that column. */
export function holdsColumn(
  facts: Pick<Facts, 'roles' | 'columns'>,
  role: string,
  relation: Relation,
  column: string,
  privilege: Privilege,
): boolean {
  const { table, columns } = effectivePrivileges(facts, role, relation);
  return table.has(privilege) || columns.get(column)?.has(privilege) === true;
}

/** How one role reaches one relation for one operation. */
export interface Access {
  role: string;
  operation: Operation;
  /** all: every row. some: the rows policies (or a view's own condition) let pass. none: nothing. */
  rows: 'all' | 'some' | 'none';
  /** What decides it. */
  because:
    | 'schema-not-exposed'
    | 'no-schema-usage'
    | 'no-privilege'
    | 'rls-off'
    | 'bypass-rls'
    | 'policies'
    | 'no-policy'
    | 'owner-rights'
    | 'invoker-rights';
  /** Permissive policies that let rows pass. */
  policies: readonly Policy[];
  /** What decides it, in words. */
  reason: string;
  /** One plain sentence. */
  sentence: string;
}

const WHO: Readonly<Record<string, string>> = {
  anon: 'anyone with the publishable key',
  authenticated: 'any signed-in user',
  service_role: 'whoever holds a secret key',
};
const VERB: Readonly<Record<Operation, string>> = {
  select: 'read',
  insert: 'insert into',
  update: 'change',
  delete: 'delete from',
};

/** The role in plain words. */
export function who(role: string): string {
  return WHO[role] ?? `whoever holds the role ${role}`;
}

function sentence(
  role: string,
  operation: Operation,
  relation: Relation,
  rows: Access['rows'],
  reason: string,
): string {
  const target = qualified(relation.schema, relation.name);
  const row = operation === 'insert' ? ['any row', 'some rows'] : ['every row', 'some rows'];
  const verb = operation === 'delete' ? 'delete' : operation === 'insert' ? 'insert' : VERB[operation];
  const joint = operation === 'insert' ? 'into' : 'of';
  if (rows === 'none') return `${who(role)} cannot ${VERB[operation]} ${target}: ${reason}`;
  return `${who(role)} can ${verb} ${rows === 'all' ? row[0] : row[1]} ${joint} ${target}: ${reason}`;
}

const WORST: readonly Access['rows'][] = ['none', 'some', 'all'];
export const least = (a: Access['rows'], b: Access['rows']) => (WORST.indexOf(a) < WORST.indexOf(b) ? a : b);

/** True when the view runs with the caller's rights (security_invoker). Materialized views cannot. */
export function isInvokerView(relation: Relation): boolean {
  return relation.options.some((option) => /^security_invoker=(on|true|yes|1)$/i.test(option));
}

/** What policies leave of a table with row level security on, for one role and operation. Assumes the privilege. */
export function policyRows(
  facts: Pick<Facts, 'roles' | 'policies'> & Partial<Pick<Facts, 'functions' | 'columns'>>,
  role: string,
  relation: { schema: string; name: string },
  operation: Operation,
): { rows: Access['rows']; passing: readonly Policy[] } {
  const caller = callerOf(facts, role);
  const closure = roleClosure(facts, role);
  const passing: Policy[] = [];
  let best: Verdict = 'never';
  let restricted: Verdict = 'always';
  for (const policy of policiesOf(facts, relation)) {
    if (!applies(policy, operation, closure)) continue;
    const verdict = policyVerdict(policy, operation, caller);
    if (!policy.permissive) {
      if (verdict === 'never' || restricted === 'never') restricted = 'never';
      else if (verdict === 'sometimes') restricted = 'sometimes';
      continue;
    }
    if (verdict === 'never') continue;
    passing.push(policy);
    if (verdict === 'always' || best === 'always') best = 'always';
    else best = 'sometimes';
  }
  if (best === 'never' || restricted === 'never') return { rows: 'none', passing: [] };
  return { rows: best === 'always' && restricted === 'always' ? 'all' : 'some', passing };
}

/** True when row level security does not hold for the role because the table is its own (or that of a role it inherits). */
function isOwner(facts: ExposureFacts, role: string, relation: Relation): boolean {
  return !relation.forceRls && roleClosure(facts, role).has(relation.owner);
}

/** Rows of a relation that the role's privileges and policies leave, whether or not the schema is exposed. */
export function rowsOf(
  facts: ExposureFacts,
  role: string,
  relation: Relation,
  operation: Operation,
  depth = 0,
): Pick<Access, 'rows' | 'because' | 'policies'> {
  if (!holds(facts, role, relation, operation)) return { rows: 'none', because: 'no-privilege', policies: [] };
  if (relation.kind === 'view') return rowsOfView(facts, role, relation, operation, depth);
  if (relation.kind === 'materialized view') {
    return operation === 'select'
      ? { rows: 'all', because: 'owner-rights', policies: [] }
      : { rows: 'none', because: 'no-privilege', policies: [] };
  }
  if (!relation.rls) return { rows: 'all', because: 'rls-off', policies: [] };
  if (bypassesRls(facts, role) || isOwner(facts, role, relation))
    return { rows: 'all', because: 'bypass-rls', policies: [] };
  const { rows, passing } = policyRows(facts, role, relation, operation);
  return { rows, because: passing.length > 0 ? 'policies' : 'no-policy', policies: passing };
}

function rowsOfView(
  facts: ExposureFacts,
  role: string,
  view: Relation,
  operation: Operation,
  depth: number,
): Pick<Access, 'rows' | 'because' | 'policies'> {
  const definition = facts.views && viewNamed(facts.views, view.schema, view.name);
  // What an INSTEAD OF trigger writes nobody can tell from the view.
  const replaced = (facts.triggers ?? []).some(
    (trigger) => trigger.schema === view.schema && trigger.table === view.name && isInsteadOf(trigger.definition),
  );
  if (operation !== 'select' && replaced) return { rows: 'some', because: 'owner-rights', policies: [] };
  const bit = { select: 0, update: 4, insert: 8, delete: 16 }[operation];
  if (bit !== 0 && (view.updatable & bit) === 0) return { rows: 'none', because: 'no-privilege', policies: [] };
  const caller = callerOf(facts, role);
  const select = definition ? viewSelect(definition.definition) : null;
  const filter = select && operation !== 'insert' ? verdictOfWhere(select, caller) : 'always';
  let rows: Access['rows'] = filter === 'always' ? 'all' : filter === 'never' ? 'none' : 'some';
  if (!isInvokerView(view)) return { rows, because: 'owner-rights', policies: [] };
  const target = select ? onlySource(select) : null;
  for (const [schema, name] of depth < 8 ? (definition?.reads ?? []) : []) {
    const base = resolveRelation(facts.relations, schema, name);
    if (!base) continue;
    const isTarget = target !== null && target.name === name && (target.schema ?? schema) === schema;
    const asked = isTarget ? operation : 'select';
    const reach = rowsOf(facts, role, base, asked, depth + 1);
    // Without the privilege the query fails; without rows of one relation there may still be some of another.
    const proved = isTarget || reach.because === 'no-privilege';
    rows = least(rows, reach.rows === 'none' && !proved ? 'some' : reach.rows);
  }
  return { rows, because: 'invoker-rights', policies: [] };
}

function reasonOf(
  access: Pick<Access, 'rows' | 'because' | 'policies'>,
  role: string,
  relation: Relation,
  operation: Operation,
): string {
  switch (access.because) {
    case 'schema-not-exposed':
      return `the Data API does not serve schema ${relation.schema}`;
    case 'no-schema-usage':
      return `${role} has no USAGE on schema ${relation.schema}`;
    case 'no-privilege':
      return `${role} has no ${operation.toUpperCase()} privilege`;
    case 'rls-off':
      return `${role} has the ${operation.toUpperCase()} privilege and row level security is off`;
    case 'bypass-rls':
      return `${role} bypasses row level security`;
    case 'no-policy':
      return `row level security is on and no policy lets ${role} pass`;
    case 'policies':
      return `${access.policies.map((policy) => `policy “${policy.name}”`).join(', ')}`;
    case 'owner-rights':
      return `the ${relation.kind} runs with the rights of ${relation.owner}`;
    case 'invoker-rights':
      return 'the view asks with the caller’s rights';
  }
}

/**
 * The judgement for one relation, role and operation. With `exposed` null (nobody says which schemas are served) the schema
 * is left out of account; say so in the finding. A partition is judged by its own grants and policies, as when it is named
 * directly; through its root the root's count.
 */
export function accessOf(facts: ExposureFacts, role: string, relation: Relation, operation: Operation): Access {
  const exposed = exposedSchemas(facts);
  const found: Pick<Access, 'rows' | 'because' | 'policies'> =
    exposed !== null && !exposed.includes(relation.schema)
      ? { rows: 'none', because: 'schema-not-exposed', policies: [] }
      : schemaUsage(facts, role, relation.schema)
        ? rowsOf(facts, role, relation, operation)
        : { rows: 'none', because: 'no-schema-usage', policies: [] };
  const reason = reasonOf(found, role, relation, operation);
  return { role, operation, ...found, reason, sentence: sentence(role, operation, relation, found.rows, reason) };
}

/** True when the Data API serves the schema and the role may look into it. */
export function reachesSchema(
  facts: Pick<ExposureFacts, 'database' | 'roles' | 'schemas'> & Partial<Pick<Facts, 'repoConfig'>>,
  role: string,
  schema: string,
): boolean {
  return (exposedSchemas(facts)?.includes(schema) ?? false) && schemaUsage(facts, role, schema);
}
