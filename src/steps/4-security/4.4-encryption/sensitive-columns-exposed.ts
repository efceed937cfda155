import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Column, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import {
  API_ROLES,
  accessOf,
  columnsOf,
  EXPOSURE,
  exposedSchemas,
  holdsColumn,
  UNKNOWN_EXPOSURE,
} from '../../lib/exposure.ts';
import { isUsers, listed, relationRef, whoOf } from '../../lib/refs.ts';
import { holdsCredential, holdsIdentity } from '../../lib/sensitive-names.ts';
import { LINT_DOCS, SHARPENED } from '../shared.ts';

/** Takes SELECT on the secret columns away and leaves it on the others. */
function withoutColumns(
  relation: Relation,
  columns: readonly Column[],
  secret: readonly string[],
  roles: readonly string[],
): string {
  const target = qualified(relation.schema, relation.name);
  const rest = columns.filter((column) => !secret.includes(column.name)).map((column) => quoteIdent(column.name));
  const revoke = `revoke select on ${target} from public, anon, authenticated;`;
  return rest.length === 0
    ? revoke
    : `${revoke}\ngrant select (${rest.join(', ')}) on ${target} to ${roles.join(', ')};`;
}

export const sensitiveColumnsExposed = defineCheck({
  id: 'sensitive-columns-exposed',
  rev: 1,
  title: 'No API role can read a password, key or identity number of every row',
  why: 'A credential or identity number that the Data API hands out for all rows is a breach to be reported, not a bug.',
  severity: 'blocker',
  aliases: ['sensitive_columns_exposed'],
  source: 'splinter lint 0023; Supabase, Column level security',
  remedy:
    'Enable row level security with a policy for the owner, or take SELECT on the column from the API roles (select * then fails: name the columns).',
  falseAlarms:
    'Judged by name word by word (token_expires_at and password_changed_at are not secrets) and only where the role reads every row in fact: schema served, USAGE, SELECT on that column, and row level security off or always true, also through views.',
  matrix: 'RLS',
  aspect: 'rls',
  needs: EXPOSURE,
  uses: SHARPENED,
  evaluate({ facts }) {
    if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
    const relations = facts.relations.filter(isUsers);
    const findings: FindingDraft[] = [];
    for (const relation of relations) {
      const columns = columnsOf(facts, relation);
      const secret = columns.filter((column) => holdsCredential(column) || holdsIdentity(column));
      if (secret.length === 0) continue;
      const readers = API_ROLES.filter((role) => accessOf(facts, role, relation, 'select').rows === 'all');
      const open = secret.filter((column) =>
        readers.some((role) => holdsColumn(facts, role, relation, column.name, 'select')),
      );
      if (open.length === 0) continue;
      const names = open.map((column) => column.name);
      const roles = readers.filter((role) =>
        open.some((column) => holdsColumn(facts, role, relation, column.name, 'select')),
      );
      const object = relationRef(relation);
      findings.push({
        object,
        message: `${whoOf(roles)} can read ${listed(names)} of every row of ${qualified(relation.schema, relation.name)}`,
        detail: `${accessOf(facts, roles[0] ?? 'anon', relation, 'select').sentence}`,
        fix: {
          sql: withoutColumns(relation, columns, names, roles),
          url: `${LINT_DOCS}?lint=0023_sensitive_columns_exposed`,
        },
      });
    }
    return evaluated(relations.length, 'relation', findings);
  },
});
