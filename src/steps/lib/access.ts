import { type CheckOutcome, evaluated, skipped } from '../../core/check.ts';
import type { Facts, Policy, Relation } from '../../core/facts.ts';
import type { FindingDraft } from '../../core/finding.ts';
import { type Node, walk } from '../../core/sql.ts';
import { qualified, quoteIdent } from '../../core/text.ts';
import {
  API_ROLES,
  type ApiRole,
  accessOf,
  callerOf,
  canExecute,
  type ExposureFacts,
  effectivePrivileges,
  exposedSchemas,
  policiesOf,
  reachesSchema,
  relationNamed,
  roleClosure,
  UNKNOWN_EXPOSURE,
} from './exposure.ts';
import { alterPolicy } from './policy-fix.ts';
import { applies, checkExpression, conjuncts, decidingExpression, disjuncts, type Operation } from './policy-tree.ts';
import { isUsers, listed } from './refs.ts';
import { callsIn, columnsIn, expressionTree, resolveCall } from './sql-tree.ts';
import { columnNamed, primaryKeyOf } from './tables.ts';
import { verdictOf } from './truth.ts';

/* What the executed access matrix says of one relation, beside what its policies say (src/facts/shadow/access/). */

export type AccessFacts = ExposureFacts &
  Pick<Facts, 'accessMatrix' | 'constraints' | 'functions'> &
  Partial<Pick<Facts, 'shadowCatalogue'>>;
export type Tried = Facts['accessMatrix']['relations'][number];
export type Cell = Tried['cells'][number];

/** Personas whose ways are any signed-in user's. */
export const USERS: readonly string[] = ['A', 'B', 'C'];

/** Who asks, as findings name it. */
export interface Audience {
  role: ApiRole;
  personas: readonly string[];
  who: string;
}

export const AUDIENCES: readonly Audience[] = [
  { role: 'anon', personas: ['anon'], who: 'anyone with the publishable key' },
  { role: 'authenticated', personas: USERS, who: 'any signed-in user' },
];

/** A relation that was tried and that the Data API serves, as the audited database has it. */
export interface Served {
  tried: Tried;
  relation: Relation;
}

/** What the tables tried come to, and how many of them are another matter in the database audited than in the copy. */
export interface ServedTables {
  tables: readonly Served[];
  different: readonly Relation[];
}

/** The tables of the project that were tried and that API roles reach over the Data API. */
export function servedTables(facts: AccessFacts): ServedTables {
  const tables: Served[] = [];
  const different: Relation[] = [];
  for (const tried of facts.accessMatrix.relations) {
    if (tried.kind !== 'table' && tried.kind !== 'partition') continue;
    const relation = relationNamed(facts, tried.schema, tried.table);
    if (!relation || !isUsers(relation) || tried.cells.every(({ outcome }) => outcome === 'not-tried')) continue;
    if (!AUDIENCES.some(({ role }) => reachesSchema(facts, role, tried.schema))) continue;
    if (isAsTried(facts, relation)) tables.push({ tried, relation });
    else different.push(relation);
  }
  return { tables, different };
}

/** Row level security, policies with the functions they call, and API roles' rights are those of the copy. */
export function isAsTried(facts: AccessFacts, relation: Relation): boolean {
  const { shadowCatalogue: shadow } = facts;
  // Without a live database beside it, the copy is of the database audited itself.
  if (!shadow || facts.accessMatrix.live) return true;
  const twin = relationNamed(shadow, relation.schema, relation.name);
  if (!twin || twin.rls !== relation.rls || twin.forceRls !== relation.forceRls) return false;
  const policies = policiesOf(facts, relation);
  if (JSON.stringify(policies) !== JSON.stringify(policiesOf(shadow, relation))) return false;
  const calls = policies.flatMap(({ using, check }) =>
    [using, check].flatMap((text) => (text === null ? [] : callsIn(expressionTree(text)))),
  );
  const helpers = (own: Pick<Facts, 'roles' | 'functions'>) =>
    calls.flatMap((call) =>
      resolveCall(own.functions, call).map((fn) => [fn.body, API_ROLES.map((role) => canExecute(own, role, fn))]),
    );
  if (JSON.stringify(helpers(facts)) !== JSON.stringify(helpers(shadow))) return false;
  return API_ROLES.every((role) => rightsOf(facts, role, relation) === rightsOf(shadow, role, twin));
}

function rightsOf(facts: Pick<Facts, 'roles' | 'columns'>, role: string, relation: Relation): string {
  const { table, columns } = effectivePrivileges(facts, role, relation);
  const own = [...columns].map(([name, privileges]) => [name, [...privileges].toSorted()] as const);
  return JSON.stringify([[...table].toSorted(), own]);
}

/** Judges each table that was tried and says whose its rows are, as far as `keep` wants it. */
export function judgeOwned(
  facts: AccessFacts,
  findingsOf: (served: Served) => FindingDraft[],
  keep: (served: Served) => boolean = () => true,
  more: readonly FindingDraft[] = [],
): CheckOutcome {
  if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
  const served = servedTables(facts);
  const tables = served.tables.filter((table) => isOwned(table.tried) && keep(table));
  return judged({ ...served, tables }, [...tables.flatMap(findingsOf), ...more]);
}

/** The outcome of a check over tables that were tried. */
export function judged({ tables, different }: ServedTables, findings: FindingDraft[]): CheckOutcome {
  if (findings.length === 0 && different.length > 0) {
    const names = listed(different.map(({ schema, name }) => qualified(schema, name)));
    return skipped(
      `rights or policies of ${names} are not those that the migrations make, so what was tried says nothing of them: bring both together (schema-drift)`,
    );
  }
  return evaluated(tables.length, 'table with rows of users', findings, 'tables with rows of users');
}

/** The cells of these personas. */
export function cellsOf(tried: Pick<Tried, 'cells'>, personas: readonly string[], command: Operation): Cell[] {
  return tried.cells.filter(
    (cell) => cell.command === command && cell.personas.some((name) => personas.includes(name)),
  );
}

function isOwned({ ownership }: Tried): boolean {
  return ownership.owner !== null || ownership.tenant !== null || ownership.via !== null;
}

/** Columns that say whose a row is. */
export function ownershipColumns({ ownership }: Tried): string[] {
  return [ownership.owner, ownership.tenant, ownership.via].flatMap((entry) => (entry ? [entry.column] : []));
}

/** Row level security off, or a policy true of every row: what checks over the catalogue already report. */
export function openByCatalogue(facts: AccessFacts, { relation }: Served, role: ApiRole, command: Operation): boolean {
  if (accessOf(facts, role, relation, command).rows === 'all') return true;
  if (command !== 'update') return false;
  const caller = callerOf(facts, role);
  return permissive(facts, relation, role, command).some((policy) => {
    const check = checkExpression(policy);
    return policy.check !== null && check !== null && verdictOf(check, caller) === 'always';
  });
}

/** Permissive policies that have a say. */
export function permissive(facts: AccessFacts, relation: Relation, role: string, command: Operation): Policy[] {
  const closure = roleClosure(facts, role);
  return policiesOf(facts, relation).filter((policy) => policy.permissive && applies(policy, command, closure));
}

const SESSION = new Set(['current_setting', 'current_user', 'session_user', 'user', 'current_role']);

/** The expression looks at the row alone: no caller, no other table, no function of the project's. */
export function looksAtRowOnly(facts: Partial<Pick<Facts, 'functions'>>, tree: Node): boolean {
  let only = true;
  walk([tree], (type, node) => {
    if (type === 'SubLink') only = false;
    if (type === 'SQLValueFunction' && /USER|ROLE/.test(String(node.op))) only = false;
    return only;
  });
  return (
    only &&
    callsIn([tree]).every(
      (call) =>
        !SESSION.has(call.name) &&
        (call.schema === null || call.schema === 'pg_catalog') &&
        resolveCall(facts.functions ?? [], call).length === 0,
    )
  );
}

/**
 * A policy that lets rows be read by what they hold (published, public, active) and not by whose they are: meant for others'
 * eyes. Such a condition may stand beside the owner's own in one policy.
 */
export function readableByContent(facts: AccessFacts, { tried, relation }: Served, role: ApiRole): boolean {
  const asks = new Set(ownershipColumns(tried));
  return permissive(facts, relation, role, 'select').some((policy) => {
    const tree = policy.using === null ? null : expressionTree(policy.using);
    return (
      tree !== null &&
      disjuncts(tree).some(
        (part) => looksAtRowOnly(facts, part) && !columnsIn(part).some((column) => asks.has(column.at(-1) ?? '')),
      )
    );
  });
}

/** The policy asks something of the row's own state (`status = 'draft'`), which a made-up row may not meet. */
export function asksOfRowState(
  facts: AccessFacts,
  { tried }: Served,
  policies: readonly Policy[],
  command: Operation,
): boolean {
  const asks = new Set(ownershipColumns(tried));
  return policies.some((policy) =>
    [decidingExpression(policy, command), checkExpression(policy)].some((text) => {
      const tree = text === null ? null : expressionTree(text);
      return (
        tree !== null &&
        conjuncts(tree).some((part) => {
          const columns = columnsIn(part);
          return (
            columns.length > 0 &&
            looksAtRowOnly(facts, part) &&
            !columns.some((column) => asks.has(column.at(-1) ?? ''))
          );
        })
      );
    }),
  );
}

/** What says that a row is the caller's own; null where it does not follow. */
function ownCondition(facts: Pick<Facts, 'columns'>, { schema, table, ownership: { owner } }: Tried): string | null {
  if (owner?.claim?.join() !== 'sub') return null;
  const type = columnNamed(facts.columns, schema, table, owner.column)?.type ?? '';
  const caller = type === 'uuid' ? '(select auth.uid())' : type === 'text' ? '(select auth.uid())::text' : null;
  return caller === null ? null : `${caller} = ${quoteIdent(owner.column)}`;
}

/** What says that the caller belongs to a row's tenant, by a table of memberships; null where there is none. */
function tenantCondition(facts: Pick<Facts, 'accessMatrix'>, tried: Tried): string | null {
  const { tenant } = tried.ownership;
  const membership = facts.accessMatrix.relations.find(
    (other) => other.membership && other.ownership.owner && other.ownership.tenant && other.kind === 'table',
  );
  const { owner: member, tenant: team } = membership?.ownership ?? {};
  if (!tenant || !membership || membership === tried || !member || !team) return null;
  return `${quoteIdent(tenant.column)} in (select m.${quoteIdent(team.column)} from ${qualified(membership.schema, membership.table)} m where m.${quoteIdent(member.column)} = (select auth.uid()))`;
}

/** What lets a row be reached with the row it belongs to, as far as that one is; null where it belongs to none. */
function parentCondition(facts: Pick<Facts, 'constraints'>, { table, ownership: { via } }: Tried): string | null {
  if (!via) return null;
  const key = primaryKeyOf(facts.constraints, via.schema, via.table);
  return key.length === 1 && key[0] !== undefined
    ? `exists (select 1 from ${qualified(via.schema, via.table)} parent where parent.${quoteIdent(key[0])} = ${quoteIdent(table)}.${quoteIdent(via.column)})`
    : null;
}

/** What a row can be held to, tightest first. */
export function rowConditions(facts: Pick<Facts, 'columns' | 'constraints' | 'accessMatrix'>, tried: Tried): string[] {
  const own = ownCondition(facts, tried);
  const tenant = tenantCondition(facts, tried);
  const parent = parentCondition(facts, tried);
  const both = own && tenant ? [`(${own}) and (${tenant})`] : [];
  return [...both, ...[own, tenant, parent].filter((condition) => condition !== null)];
}

/** The condition that confines a table to its owner or its tenant's members; null where it does not follow. */
export function confinement(facts: AccessFacts, { tried }: Served): string | null {
  const { owner, tenant } = tried.ownership;
  if (owner && !tenant) return ownCondition(facts, tried);
  return tenant ? tenantCondition(facts, tried) : parentCondition(facts, tried);
}

/** SQL that confines the only policy that can have let the rows pass; null where several could. */
export function confineFix(
  facts: AccessFacts,
  served: Served,
  role: ApiRole,
  commands: readonly Operation[],
): string | null {
  const condition = confinement(facts, served);
  const policies = new Set(commands.flatMap((command) => permissive(facts, served.relation, role, command)));
  const [policy] = policies;
  return condition !== null && policy && policies.size === 1
    ? alterPolicy(policy, { to: 'authenticated', using: condition, check: condition })
    : null;
}

/** How it was found out, for a finding's detail. */
export function triedAs(cells: readonly Cell[], personas: readonly string[]): string {
  const lines = cells.map(({ command, row, forged, outcome, sqlstate, personas: all }) => {
    const names = all.filter((name) => personas.includes(name));
    const whose = {
      own: 'the caller’s own row',
      tenant: 'a row of the same tenant',
      foreign: 'another user’s row',
      any: 'a row',
    }[row];
    const what = forged === null ? whose : `${whose} with another ${forged === 'owner' ? 'user’s' : 'tenant’s'} id`;
    return `${command.toUpperCase()} of ${what} as ${names.join(', ')}: ${outcome}${sqlstate ? ` (${sqlstate})` : ''}`;
  });
  return `tried, and rolled back: ${lines.join('; ')}`;
}
