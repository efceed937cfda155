import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Facts, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import {
  API_ROLES,
  type ApiRole,
  callerOf,
  EXPOSURE,
  type ExposureFacts,
  exposedSchemas,
  holds,
  isInvokerView,
  policyRows,
  reachesSchema,
  relationNamed,
  UNKNOWN_EXPOSURE,
} from '../../lib/exposure.ts';
import { isDeclared, isUsers, listed, relationRef, whoOf } from '../../lib/refs.ts';
import { verdictOfWhere } from '../../lib/truth.ts';
import { viewNamed, viewSelect } from '../../lib/view-tree.ts';
import { LINT_DOCS, SHARPENED } from '../shared.ts';

/** Tables below a view, through views of views. */
function basesOf(
  facts: Pick<Facts, 'relations' | 'views'>,
  schema: string,
  name: string,
  seen = new Set<string>(),
): Relation[] {
  const key = `${schema}\u0000${name}`;
  if (seen.has(key)) return [];
  seen.add(key);
  return (viewNamed(facts.views, schema, name)?.reads ?? []).flatMap(([below, table]) => {
    const relation = relationNamed(facts, below, table);
    if (!relation) return [];
    return relation.kind === 'view' ? basesOf(facts, below, table, seen) : [relation];
  });
}

/** Rows of the table that the role could not read by itself. */
function closedTo(facts: ExposureFacts, role: ApiRole, table: Relation): boolean {
  if (!holds(facts, role, table, 'select')) return true;
  return table.rls && policyRows(facts, role, table, 'select').rows !== 'all';
}

export const securityDefinerView = defineCheck({
  id: 'security-definer-view',
  rev: 1,
  title: 'Views that API roles read ask with the caller’s rights',
  why: 'A view without security_invoker reads with its owner’s rights: it shows every row of the tables below, whatever their policies say.',
  severity: 'high',
  aliases: ['security_definer_view'],
  source: 'splinter lint 0010; PostgreSQL, CREATE VIEW: security_invoker',
  remedy:
    'alter view … set (security_invoker = on), or move the view out of the exposed schemas, or revoke SELECT on it.',
  falseAlarms:
    'Low where the view shows nothing that the role could not read by itself; medium where its own WHERE keeps each caller to their rows. Views of extensions are not judged; a view declared in publicTables is meant.',
  aspect: 'options',
  needs: EXPOSURE,
  uses: SHARPENED,
  evaluate({ facts }) {
    if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
    if (facts.database.serverVersionNum < 150000)
      return skipped('security_invoker exists from PostgreSQL 15 on; upgrade the server');
    const views = facts.relations.filter((relation) => relation.kind === 'view' && isUsers(relation));
    const findings: FindingDraft[] = [];
    for (const view of views) {
      if (isInvokerView(view) || isDeclared(facts.declared?.publicTables, view)) continue;
      const readers = API_ROLES.filter(
        (role) => holds(facts, role, view, 'select') && reachesSchema(facts, role, view.schema),
      );
      if (readers.length === 0) continue;
      const bases = basesOf(facts, view.schema, view.name);
      const opened = readers.filter((role) => bases.some((table) => closedTo(facts, role, table)));
      const select = viewSelect(viewNamed(facts.views, view.schema, view.name)?.definition ?? '');
      const perCaller = select !== null && verdictOfWhere(select, callerOf(facts, 'anon')) === 'never';
      const shown = [
        ...new Set(
          bases
            .filter((table) => opened.some((role) => closedTo(facts, role, table)))
            .map((table) => qualified(table.schema, table.name)),
        ),
      ];
      const target = qualified(view.schema, view.name);
      const object = relationRef(view);
      findings.push({
        object,
        severity: opened.length === 0 ? 'low' : perCaller ? 'medium' : 'high',
        message:
          opened.length === 0
            ? `view ${target} reads with the rights of ${view.owner}; today it shows nothing that ${listed(readers)} could not read anyway`
            : perCaller
              ? `view ${target} reads ${listed(shown)} with the rights of ${view.owner}: only its own WHERE keeps ${whoOf(opened)} to their rows`
              : `view ${target} reads ${listed(shown)} with the rights of ${view.owner}: ${whoOf(opened)} sees its rows past every policy`,
        detail: `no security_invoker; SELECT on the view held by ${listed(readers)}; tables below: ${bases.length > 0 ? listed([...new Set(bases.map((table) => qualified(table.schema, table.name)))]) : 'none'}`,
        fix: {
          sql: `alter view ${target} set (security_invoker = on);`,
          url: `${LINT_DOCS}?lint=0010_security_definer_view`,
        },
      });
    }
    return evaluated(views.length, 'view', findings);
  },
});
