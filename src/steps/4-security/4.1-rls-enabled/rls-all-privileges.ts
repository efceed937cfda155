import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Facts, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import {
  API_ROLES,
  type ApiRole,
  EXPOSURE,
  type ExposureFacts,
  exposedSchemas,
  holds,
  reachesSchema,
  UNKNOWN_EXPOSURE,
} from '../../lib/exposure.ts';
import { ownerColumns } from '../../lib/owners.ts';
import { OPERATIONS, type Operation } from '../../lib/policy-tree.ts';
import { isDeclared, isUsers, listed, relationRef, whoOf } from '../../lib/refs.ts';
import { RLS_DOCS, SHARPENED } from '../shared.ts';

const VERBS: Readonly<Record<Operation, string>> = {
  select: 'read',
  insert: 'insert',
  update: 'change',
  delete: 'delete',
};

interface Held {
  role: ApiRole;
  operations: readonly Operation[];
}

function heldBy(facts: ExposureFacts, relation: Relation): Held[] {
  return API_ROLES.map((role) => ({
    role,
    operations: OPERATIONS.filter((operation) => holds(facts, role, relation, operation)),
  })).filter((held) => held.operations.length > 0);
}

/** RLS on, and a policy for the owner where the table says who that is; otherwise closed until a policy is written. */
function fixOf(
  facts: Pick<Facts, 'columns' | 'constraints' | 'policies'>,
  relation: Relation,
  declaredPublic: boolean,
): string {
  const table = qualified(relation.schema, relation.name);
  const statements = [`alter table ${table} enable row level security`];
  const hasPolicy = facts.policies.some(
    (policy) => policy.schema === relation.schema && policy.table === relation.name,
  );
  const owner = ownerColumns(facts, relation)[0];
  if (declaredPublic && !hasPolicy)
    statements.push(`create policy "everybody may read" on ${table} for select to anon, authenticated using (true)`);
  else if (owner !== undefined && !hasPolicy) {
    const own = `(select auth.uid()) = ${quoteIdent(owner)}`;
    statements.push(`create policy "own rows" on ${table} for all to authenticated using (${own}) with check (${own})`);
  }
  return `${statements.join(';\n')};`;
}

export const rlsAllPrivileges = defineCheck({
  id: 'rls-all-privileges',
  rev: 1,
  title: 'Every table that an API role holds a privilege on has row level security on',
  why: 'Without row level security a grant is the only door: whoever has the publishable key from the web page reads or rewrites the whole table.',
  severity: 'blocker',
  aliases: ['rls_disabled_in_public'],
  source: 'Supabase, Row Level Security; splinter lint 0013; PostgreSQL, 5.9 Row Security Policies',
  remedy:
    'Enable row level security and write a policy per operation, or revoke the privileges from anon and authenticated. Enabling alone closes the table to both roles until a policy lets them in.',
  falseAlarms:
    'Tables of extensions (spatial_ref_sys) and of the platform are not judged. A table declared in publicTables may be readable without row level security as long as nobody may write to it.',
  matrix: 'RLS',
  aspect: 'rls',
  needs: [...EXPOSURE, 'constraints'],
  uses: SHARPENED,
  evaluate({ facts }) {
    if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
    const tables = facts.relations.filter(
      (relation) => (relation.kind === 'table' || relation.kind === 'partitioned table') && isUsers(relation),
    );
    const findings: FindingDraft[] = [];
    for (const relation of tables) {
      if (relation.rls) continue;
      const isPublic = isDeclared(facts.declared?.publicTables, relation);
      const held = heldBy(facts, relation)
        .map(({ role, operations }) => ({
          role,
          operations: isPublic ? operations.filter((operation) => operation !== 'select') : operations,
        }))
        .filter(({ operations }) => operations.length > 0);
      if (held.length === 0) continue;
      const reaching = held.filter(({ role }) => reachesSchema(facts, role, relation.schema));
      const table = qualified(relation.schema, relation.name);
      const operations = OPERATIONS.filter((operation) =>
        (reaching.length > 0 ? reaching : held).some((entry) => entry.operations.includes(operation)),
      );
      const acts = listed(operations.map((operation) => VERBS[operation]));
      const object = relationRef(relation);
      const detail = held
        .map(({ role, operations: list }) => `${role}: ${list.map((operation) => operation.toUpperCase()).join(', ')}`)
        .join('; ');
      const partition = relation.partitionOf
        ? ` It is a partition of ${qualified(...relation.partitionOf)}, whose policies do not count when it is named directly.`
        : '';
      findings.push({
        object,
        severity: reaching.length > 0 ? 'blocker' : 'medium',
        message:
          reaching.length > 0
            ? `row level security is off on ${table}: ${whoOf(reaching.map(({ role }) => role))} can ${acts} every row`
            : `row level security is off on ${table} and ${listed(held.map(({ role }) => role))} hold privileges on it: the day its schema is exposed they can ${acts} every row`,
        detail: `privileges held (${detail}), on the table or on columns; exposed schemas: ${listed([...(exposedSchemas(facts) ?? [])])}.${partition}`,
        fix: { sql: fixOf(facts, relation, isPublic), url: RLS_DOCS },
      });
    }
    return evaluated(tables.length, 'table', findings);
  },
});
