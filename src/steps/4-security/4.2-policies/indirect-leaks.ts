import type { Facts, FunctionFact, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified } from '../../../core/text.ts';
import { type AccessFacts, cellsOf, isAsTried, type Tried, triedAs, USERS } from '../../lib/access.ts';
import { callers, functionAsksCaller } from '../../lib/api-functions.ts';
import { callerOf, isInvokerView, reachesSchema, relationNamed, roleClosure } from '../../lib/exposure.ts';
import { applies, decidingExpression, disjuncts, type Operation } from '../../lib/policy-tree.ts';
import { functionRef, functionSql, isDeclared, isUsers, listed, relationRef } from '../../lib/refs.ts';
import { callsIn, columnsIn, expressionTree } from '../../lib/sql-tree.ts';
import { objectPolicies, storageReach } from '../../lib/storage-policies.ts';
import { verdictOfWhere } from '../../lib/truth.ts';
import { viewNamed, viewSelect } from '../../lib/view-tree.ts';
import { RLS_DOCS } from '../shared.ts';

/*
 * What was tried of views, functions and buckets, where no contract says what is meant: only where the project itself says that callers
 * are to be kept apart, and they are not.
 */

type Needed = AccessFacts & Pick<Facts, 'views'> & Partial<Pick<Facts, 'declared' | 'storage'>>;

/** Rows of others that signed-in users reached. */
function foreign(tried: Pick<Tried, 'cells'>, command: Operation) {
  return cellsOf(tried, USERS, command).filter(
    ({ row, forged, outcome }) => row === 'foreign' && forged === null && outcome === 'allowed',
  );
}

function tablesBelow(facts: Needed, view: { schema: string; name: string }, depth = 0): Relation[] {
  if (depth > 8) return [];
  return (viewNamed(facts.views, view.schema, view.name)?.reads ?? []).flatMap(([schema, name]) => {
    const relation = relationNamed(facts, schema, name);
    if (!relation) return [];
    return relation.kind === 'view' ? tablesBelow(facts, relation, depth + 1) : [relation];
  });
}

/** The definition is that of the copy. */
function sameDefinition(facts: Needed, view: Relation): boolean {
  const { shadowCatalogue: shadow } = facts;
  if (!shadow) return true;
  const twin = viewNamed(shadow.views, view.schema, view.name);
  return twin?.definition === viewNamed(facts.views, view.schema, view.name)?.definition;
}

/**
 * A view with its owner's rights whose own WHERE asks who is calling, and that shows a user what every table below keeps from
 * them. Without such a WHERE the view shows all, which security-definer-view says.
 */
function leakingView(facts: Needed, tried: Tried): FindingDraft[] {
  const view = relationNamed(facts, tried.schema, tried.table);
  if (tried.kind !== 'view' || !view || !isUsers(view) || isInvokerView(view)) return [];
  if (isDeclared(facts.declared?.publicTables, view) || !reachesSchema(facts, 'authenticated', view.schema)) return [];
  const select = viewSelect(viewNamed(facts.views, view.schema, view.name)?.definition ?? '');
  if (!select || verdictOfWhere(select, callerOf(facts, 'anon')) !== 'never') return [];
  const leaks = foreign(tried, 'select');
  const below = tablesBelow(facts, view);
  const kept = below.every((table) => {
    const own = facts.accessMatrix.relations.find(
      (one) => one.schema === table.schema && one.table === table.name && one.bucket === null,
    );
    return own !== undefined && isAsTried(facts, table) && foreign(own, 'select').length === 0;
  });
  if (leaks.length === 0 || below.length === 0 || !kept || !isAsTried(facts, view) || !sameDefinition(facts, view))
    return [];
  const name = qualified(view.schema, view.name);
  return [
    {
      object: relationRef(view),
      severity: 'high',
      message: `any signed-in user can read other users’ rows through the view ${name}: its own WHERE asks who is calling and does not keep them apart`,
      detail: `${triedAs(leaks, USERS)}; ${listed(below.map((table) => qualified(table.schema, table.name)))} keeps the same rows from them`,
      fix: {
        sql: facts.database.serverVersionNum >= 150000 ? `alter view ${name} set (security_invoker = on);` : null,
        command: 'let the tables below decide, or correct the WHERE',
        url: RLS_DOCS,
      },
      discriminator: 'view',
    },
  ];
}

const PLACES = new Set(['name', 'owner', 'owner_id', 'path_tokens']);

/** Every way through the policy compares the file's path or owner, and asks who is calling. */
function meantToConfine(expression: string | null): boolean {
  const tree = expression === null ? null : expressionTree(expression);
  return (
    tree !== null &&
    disjuncts(tree).every(
      (part) =>
        columnsIn(part).some((column) => PLACES.has(column.at(-1) ?? '')) &&
        callsIn(part).some(({ schema }) => schema === 'auth'),
    )
  );
}

const VERBS = { select: 'read', update: 'overwrite', delete: 'delete' } as const;

/** Files of others that were reached although every policy means to confine; the rest is storage-policies' to say. */
function leakingBucket(facts: Needed, tried: Tried): FindingDraft[] {
  const bucket = facts.storage?.buckets.find(({ id }) => id === tried.bucket);
  const objects = relationNamed(facts, 'storage', 'objects');
  if (!bucket || !objects || !isAsTried(facts, objects)) return [];
  const closure = roleClosure(facts, 'authenticated');
  const known = { ...facts, storage: facts.storage ?? null };
  const leaks = (Object.keys(VERBS) as (keyof typeof VERBS)[]).flatMap((command) => {
    const cells = foreign(tried, command);
    if (cells.length === 0 || (command === 'select' && bucket.public)) return [];
    const policies = objectPolicies(facts).filter((policy) => applies(policy, command, closure));
    const told = policies.some((policy) =>
      storageReach(known, policy, command).some(({ everything, buckets }) => everything || buckets.includes(bucket.id)),
    );
    const confining = policies.filter((policy) => {
      const text = decidingExpression(policy, command) ?? '';
      return !text.includes('bucket_id') || text.includes(bucket.id);
    });
    const meant = confining.every((policy) => meantToConfine(decidingExpression(policy, command)));
    return told || !meant ? [] : [{ command, cells }];
  });
  if (leaks.length === 0) return [];
  return [
    {
      object: objectRef('bucket', null, bucket.id),
      severity: leaks.some(({ command }) => command !== 'select') ? 'blocker' : 'high',
      message: `any signed-in user can ${listed(leaks.map(({ command }) => VERBS[command]))} other users’ files in bucket ${bucket.id}, though its policies compare path or owner`,
      detail: triedAs(
        leaks.flatMap(({ cells }) => cells),
        USERS,
      ),
      fix: {
        command: 'compare owner_id, or the first folder of the path, with the caller in every policy of the bucket',
        url: 'https://supabase.com/docs/guides/storage/security/access-control',
      },
      discriminator: 'bucket',
    },
  ];
}

/** A function that asks who is calling, and shows a user rows of others that the table keeps from them. */
function leakingFunction(facts: Needed, called: Facts['accessMatrix']['functions'][number]): FindingDraft[] {
  const { shows } = called;
  const same = (fn: FunctionFact) =>
    fn.schema === called.schema && fn.name === called.name && fn.arguments === called.arguments;
  const fn = facts.functions.find(same);
  const table = shows && relationNamed(facts, shows.schema, shows.table);
  if (!fn || !table || !isUsers(fn) || !callers(facts, fn).includes('authenticated')) return [];
  const { shadowCatalogue: shadow, declared } = facts;
  if (shadow && shadow.functions.find(same)?.body !== fn.body) return [];
  if (declared?.allowedDefinerFunctions.some((one) => one.split('(')[0] === `${fn.schema}.${fn.name}`)) return [];
  const own = facts.accessMatrix.relations.find(
    (one) => one.schema === table.schema && one.table === table.name && one.bucket === null,
  );
  const leaks = foreign(called, 'select');
  const kept = own && isAsTried(facts, table) && foreign(own, 'select').length === 0;
  if (leaks.length === 0 || !kept || functionAsksCaller(fn, facts.functions) !== true) return [];
  const name = qualified(fn.schema, fn.name);
  return [
    {
      object: functionRef(fn),
      severity: 'high',
      message: `any signed-in user can read other users’ rows of ${qualified(table.schema, table.name)} by calling ${name}: it asks who is calling and does not keep them apart`,
      detail: `${triedAs(leaks, USERS)}; the table keeps the same rows from them`,
      fix: {
        sql: fn.securityDefiner ? `alter ${functionSql(fn)} security invoker;` : null,
        command: 'let the table’s policies decide (SECURITY INVOKER), or correct the condition',
        url: RLS_DOCS,
      },
      discriminator: 'function',
    },
  ];
}

/** Findings on views, functions and buckets. */
export function indirectLeaks(facts: Needed): FindingDraft[] {
  return [
    ...facts.accessMatrix.relations.flatMap((tried) =>
      tried.bucket === null ? leakingView(facts, tried) : leakingBucket(facts, tried),
    ),
    ...facts.accessMatrix.functions.flatMap((called) => leakingFunction(facts, called)),
  ];
}
