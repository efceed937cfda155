import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Facts, Policy, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import { type ApiPolicy, apiPolicies } from '../../lib/api-policies.ts';
import { type ApiRole, callerOf, holds } from '../../lib/exposure.ts';
import { checkExpression, decidingExpression, OPERATIONS, type Operation } from '../../lib/policy-tree.ts';
import { policyRef, policySql, whoOf } from '../../lib/refs.ts';
import { columnsIn, expressionTree } from '../../lib/sql-tree.ts';
import { groupBy, keyOf } from '../../lib/tables.ts';
import { verdictOf } from '../../lib/truth.ts';
import { RLS_DOCS } from '../shared.ts';

type Needed = Pick<Facts, 'policies' | 'relations' | 'roles' | 'functions' | 'columns'>;

const operationsOf = ({ command }: Policy): readonly Operation[] => (command === 'all' ? OPERATIONS : [command]);

/** Every expression the policy judges a row by, old or new. */
function expressionsOf(policy: Policy, operation: Operation): (string | null)[] {
  return operation === 'update' ? [policy.using, checkExpression(policy)] : [decidingExpression(policy, operation)];
}

/** True of every row, and not by looking at it: `true`, `auth.uid() is not null` for who is signed in. */
function letsAllPass(facts: Needed, policy: Policy, role: ApiRole, operation: Operation): boolean {
  return expressionsOf(policy, operation).every((expression) => {
    const tree = expression === null ? null : expressionTree(expression);
    return (
      expression !== null &&
      tree !== null &&
      columnsIn(tree).length === 0 &&
      verdictOf(expression, callerOf(facts, role)) === 'always'
    );
  });
}

/** `false` says that nobody is meant: no mistake. */
function deniesOnPurpose(policy: Policy): boolean {
  return [policy.using, policy.check].every((text) => text === null || text === 'false');
}

/** Its condition holds for none of the roles it is for. */
function neverHolds(facts: Needed, { policy, roles }: ApiPolicy): boolean {
  const known = operationsOf(policy).map((operation) => decidingExpression(policy, operation));
  if (!policy.permissive || deniesOnPurpose(policy) || known.every((text) => text === null)) return false;
  return known.every(
    (text) => text === null || roles.every((role) => verdictOf(text, callerOf(facts, role)) === 'never'),
  );
}

/** None of the roles it is for holds the privilege it is about. */
function lacksGrant(facts: Needed, { policy, relation, roles }: ApiPolicy): boolean {
  return (
    policy.permissive &&
    roles.every((role) => operationsOf(policy).every((operation) => !holds(facts, role, relation, operation)))
  );
}

function speaksToAllOf(other: Policy, policy: Policy): boolean {
  return other.roles.includes('public') || policy.roles.every((role) => other.roles.includes(role));
}

/** Another policy beside which this one changes nothing; of two alike, the later one by name. */
function mootBeside(facts: Needed, { policy, roles }: ApiPolicy, others: readonly ApiPolicy[]): Policy | null {
  if (!policy.permissive) return null;
  const found = others.find(({ policy: other }) => {
    if (other === policy || !other.permissive || !speaksToAllOf(other, policy)) return false;
    const operations = operationsOf(policy);
    if (!operations.every((operation) => operationsOf(other).includes(operation))) return false;
    const alike = operations.every(
      (operation) =>
        JSON.stringify(expressionsOf(other, operation)) === JSON.stringify(expressionsOf(policy, operation)),
    );
    const twins = alike && speaksToAllOf(policy, other) && operationsOf(other).length === operations.length;
    if (alike) return twins ? other.name < policy.name : true;
    return operations.every((operation) => roles.every((role) => letsAllPass(facts, other, role, operation)));
  });
  return found?.policy ?? null;
}

function restrictsNothing(facts: Needed, { policy, roles }: ApiPolicy): boolean {
  return (
    !policy.permissive &&
    operationsOf(policy).every((operation) => roles.every((role) => letsAllPass(facts, policy, role, operation)))
  );
}

function finding(entry: ApiPolicy, what: string, discriminator: string, fix: FindingDraft['fix']): FindingDraft {
  const { policy, relation } = entry;
  return {
    object: policyRef(policy),
    message: `policy “${policy.name}” on ${nameOf(relation)} ${what}`,
    detail: `${policy.permissive ? 'permissive' : 'restrictive'}, for ${policy.command} to ${policy.roles.join(', ')}`,
    fix: { ...fix, url: RLS_DOCS },
    discriminator,
  };
}

const nameOf = (relation: Relation) => qualified(relation.schema, relation.name);

export const policyNoEffect = defineCheck({
  id: 'policy-no-effect',
  rev: 1,
  title: 'Every policy changes something',
  why: 'A policy that lets nobody pass, or that another makes moot, is read as protection or as a feature and is neither; the next change is made on that belief.',
  severity: 'low',
  source:
    'CATALOGUE 4.2 (policies that make each other moot, dead policies); PostgreSQL, CREATE POLICY: permissive policies are combined by OR, restrictive ones by AND, and a privilege is needed besides',
  remedy: 'Drop the policy, or correct it so that it says what it was meant to say.',
  falseAlarms:
    'A policy of `false` says so on purpose. A policy is moot only beside one that is for all its roles and commands and is true without looking at the row, or says the same; custom roles count. A grant on one column is a grant.',
  matrix: 'RLS',
  needs: ['policies', 'relations', 'roles', 'functions', 'columns'],
  evaluate({ facts }) {
    const entries = apiPolicies(facts);
    const byTable = groupBy(entries, ({ policy }) => keyOf(policy.schema, policy.table));
    const findings = entries.flatMap((entry): FindingDraft[] => {
      const { policy, roles } = entry;
      const drop = { sql: `drop ${policySql(policy)};` };
      if (neverHolds(facts, entry))
        return [finding(entry, `is never true for ${whoOf(roles)}, whom alone it is for`, 'never', drop)];
      if (lacksGrant(facts, entry)) {
        const commands = operationsOf(policy).map((operation) => operation.toUpperCase());
        const what = `is for ${roles.join(' and ')}, which may not ${commands.join(', ')} there: no privilege is granted`;
        return [finding(entry, what, 'no grant', { command: 'grant what the policy is for, or drop the policy' })];
      }
      const moot = mootBeside(facts, entry, byTable.get(keyOf(policy.schema, policy.table)) ?? []);
      if (moot) return [finding(entry, `changes nothing beside the policy “${moot.name}”`, 'moot', drop)];
      return restrictsNothing(facts, entry)
        ? [finding(entry, 'is restrictive and true of everything: it restricts nothing', 'restricts nothing', drop)]
        : [];
    });
    return evaluated(entries.length, 'policy', findings, 'policies');
  },
});
