import { defineCheck } from '../../../core/check.ts';
import type { Policy } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import {
  type AccessFacts,
  asksOfRowState,
  type Cell,
  cellsOf,
  judgeOwned,
  permissive,
  type Served,
  triedAs,
  USERS,
} from '../../lib/access.ts';
import { callerOf, EXPOSURE, holds, reachesSchema } from '../../lib/exposure.ts';
import {
  checkExpression,
  conjuncts,
  decidingExpression,
  disjuncts,
  OPERATIONS,
  type Operation,
} from '../../lib/policy-tree.ts';
import { listed, policySql, relationRef } from '../../lib/refs.ts';
import { columnsIn, expressionTree, relationsIn } from '../../lib/sql-tree.ts';
import { verdictOf } from '../../lib/truth.ts';
import { RLS_DOCS, SHARPENED } from '../shared.ts';

const VERBS: Readonly<Record<Operation, string>> = {
  select: 'read',
  insert: 'add',
  update: 'change',
  delete: 'delete',
};
/** Refusals that come from how policies, helpers and rights are written; others may be the product's own rules. */
const BROKEN = new Set(['42883', '42P01', '42703', '42846', '22P02', '54001', '3F000', '42725', '21000']);

/**
 * Policies by which the caller's own row is theirs for this command, whatever else they are: a way through that asks the
 * owner's column and nothing more. What asks a membership or a role may well mean others than the users tried.
 */
function meantFor(facts: AccessFacts, { tried, relation }: Served, command: Operation): Policy[] {
  const owner = tried.ownership.owner?.column;
  return permissive(facts, relation, 'authenticated', command).filter((policy) => {
    const text = decidingExpression(policy, command) ?? checkExpression(policy);
    const tree = text === null ? null : expressionTree(text);
    return (
      text !== null &&
      tree !== null &&
      verdictOf(text, callerOf(facts, 'authenticated')) !== 'never' &&
      disjuncts(tree).some((way) =>
        conjuncts(way).every(
          (part) => columnsIn(part).some((column) => column.at(-1) === owner) && relationsIn(part).length === 0,
        ),
      )
    );
  });
}

/** Why the command failed for everybody on their own row; null where it succeeded for somebody or is no fault of policies. */
function failureOf(cells: readonly Cell[]): Cell | null {
  const own = cells.filter(({ row, forged, outcome }) => row === 'own' && forged === null && outcome !== 'not-tried');
  if (own.length === 0 || own.some(({ outcome }) => outcome === 'allowed')) return null;
  const [cell] = own;
  if (!cell || (cell.outcome === 'error' && !BROKEN.has(cell.sqlstate ?? ''))) return null;
  return cell;
}

/** Without a SELECT policy no UPDATE or DELETE finds the row: PostgreSQL asks it for every column in a WHERE. */
function unseen(facts: AccessFacts, served: Served): boolean {
  return permissive(facts, served.relation, 'authenticated', 'select').length === 0;
}

interface Failure {
  command: Operation;
  policies: Policy[];
  cell: Cell;
}

/** Commands that policies mean the owner to have, and that failed for everybody on their own row. */
function failuresOf(facts: AccessFacts, table: Served): Failure[] {
  const { relation, tried } = table;
  return OPERATIONS.flatMap((command): Failure[] => {
    const policies = meantFor(facts, table, command);
    if (policies.length === 0 || policies.some((policy) => policy.check === 'false' || policy.using === 'false'))
      return [];
    const cell = failureOf(cellsOf(tried, [...USERS, 'aal2'], command));
    if (!cell) return [];
    // FOR ALL names a command in passing: without the privilege it is not meant, where another is there.
    const inPassing =
      policies.every((policy) => policy.command === 'all') &&
      !holds(facts, 'authenticated', relation, command) &&
      OPERATIONS.some((operation) => holds(facts, 'authenticated', relation, operation));
    if (inPassing) return [];
    const restrictive = facts.policies.some(
      (policy) => !policy.permissive && policy.schema === relation.schema && policy.table === relation.name,
    );
    const conditional = restrictive || asksOfRowState(facts, table, policies, command);
    if (conditional && cell.outcome !== 'error' && cell.outcome !== 'recursion') return [];
    return [{ command, policies, cell }];
  });
}

function findingsOf(facts: AccessFacts, table: Served): FindingDraft[] {
  const { relation } = table;
  const failures = failuresOf(facts, table);
  if (failures.length === 0) return [];
  const hidden = unseen(facts, table) && failures.every(({ command }) => command === 'update' || command === 'delete');
  const policy = failures[0]?.policies[0];
  const name = qualified(relation.schema, relation.name);
  const reason = failures.some(({ cell }) => cell.outcome === 'recursion')
    ? 'the policies recurse (42P17)'
    : hidden
      ? 'no policy lets the row be seen, so none is found'
      : failures.every(({ cell }) => cell.outcome === 'denied')
        ? 'permission is denied (42501): a privilege is missing, on the table or on what the policy asks, or the new row is refused'
        : failures.some(({ cell }) => cell.outcome === 'error')
          ? `the policy fails (${failures.find(({ cell }) => cell.outcome === 'error')?.cell.sqlstate})`
          : 'no row passes';
  return [
    {
      object: relationRef(relation),
      message: `users cannot ${listed(failures.map(({ command }) => VERBS[command]))} their own rows of ${name}, although ${listed([...new Set(failures.flatMap(({ policies }) => policies.map(({ name: title }) => `policy “${title}”`)))])} mean${failures.length > 1 ? '' : 's'} them to: ${reason}`,
      detail: triedAs(
        failures.map(({ cell }) => cell),
        [...USERS, 'aal2'],
      ),
      fix:
        hidden && policy?.using
          ? {
              sql: `create ${policySql({ ...policy, name: 'read own rows' })} for select to authenticated using (${policy.using});`,
              url: RLS_DOCS,
            }
          : {
              command: 'grant what the policy asks for, or change the policy so that the owner’s row passes',
              url: RLS_DOCS,
            },
    },
  ];
}

export const rlsPositive = defineCheck({
  id: 'rls-positive',
  rev: 1,
  title: 'Users can do with their own rows what the policies mean them to do',
  why: 'A policy that names a command and still refuses it is a feature that fails for every user, often without an error: no row is found.',
  severity: 'high',
  source: 'CATALOGUE 4.2 rls-positive; PostgreSQL, CREATE POLICY (SELECT policies of UPDATE and DELETE)',
  remedy:
    'Give the table a SELECT policy for the same rows, the role the privilege, and EXECUTE on the functions that the policy calls.',
  falseAlarms:
    'Only commands that a policy names for the row’s owner, whatever their role. Silent where another policy or condition asks for more of the row or the session (a state, a second factor) and where a trigger of the project’s refuses.',
  matrix: 'RLS',
  needs: [...EXPOSURE, 'constraints', 'accessMatrix'],
  uses: [...SHARPENED, 'shadowCatalogue'],
  evaluate: ({ facts }) =>
    judgeOwned(
      facts,
      (table) => findingsOf(facts, table),
      ({ relation }) => relation.rls && reachesSchema(facts, 'authenticated', relation.schema),
    ),
});
