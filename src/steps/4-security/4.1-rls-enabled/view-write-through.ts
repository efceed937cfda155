import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import {
  API_ROLES,
  callerOf,
  EXPOSURE,
  exposedSchemas,
  holds,
  isInvokerView,
  reachesSchema,
  UNKNOWN_EXPOSURE,
} from '../../lib/exposure.ts';
import type { Operation } from '../../lib/policy-tree.ts';
import { isUsers, listed, relationRef, whoOf } from '../../lib/refs.ts';
import { verdictOfWhere } from '../../lib/truth.ts';
import { viewNamed, viewSelect } from '../../lib/view-tree.ts';
import { LINT_DOCS, SHARPENED } from '../shared.ts';

/** Bits of pg_relation_is_updatable. */
const WRITES: readonly { operation: Operation; bit: number; verb: string }[] = [
  { operation: 'insert', bit: 8, verb: 'insert rows into' },
  { operation: 'update', bit: 4, verb: 'change rows of' },
  { operation: 'delete', bit: 16, verb: 'delete rows of' },
];

export const viewWriteThrough = defineCheck({
  id: 'view-write-through',
  rev: 1,
  title: 'No API role can write through a view with its owner’s rights',
  why: 'A simple view is writable, and one without security_invoker writes with its owner’s rights: the policies of the table below are not asked.',
  severity: 'blocker',
  source: 'PostgreSQL, CREATE VIEW: Updatable Views and security_invoker; pg_relation_is_updatable',
  remedy:
    'Set security_invoker on the view (PostgreSQL 15 and later), or revoke INSERT, UPDATE and DELETE on it from the API roles.',
  falseAlarms:
    'A view that shows callers only their own rows and has WITH CHECK OPTION is silent: neither foreign rows can be touched nor rows moved to others.',
  aspect: 'grants',
  needs: EXPOSURE,
  uses: SHARPENED,
  evaluate({ facts }) {
    if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
    const views = facts.relations.filter((relation) => relation.kind === 'view' && isUsers(relation));
    const findings: FindingDraft[] = [];
    for (const view of views) {
      if (isInvokerView(view)) continue;
      const writers = API_ROLES.flatMap((role) =>
        WRITES.filter(({ operation, bit }) => (view.updatable & bit) !== 0 && holds(facts, role, view, operation)).map(
          (write) => ({ role, ...write }),
        ),
      );
      if (writers.length === 0) continue;
      const definition = viewNamed(facts.views, view.schema, view.name);
      const select = definition ? viewSelect(definition.definition) : null;
      const filtered =
        select !== null &&
        verdictOfWhere(select, callerOf(facts, 'anon')) === 'never' &&
        view.options.some((option) => option.startsWith('check_option='));
      if (filtered) continue;
      const reaching = writers.filter(({ role }) => reachesSchema(facts, role, view.schema));
      const shown = reaching.length > 0 ? reaching : writers;
      const roles = API_ROLES.filter((role) => shown.some((entry) => entry.role === role));
      const verbs = [...new Set(shown.map(({ verb }) => verb))];
      const base = (definition?.reads ?? []).map(([schema, name]) => qualified(schema, name));
      const target = qualified(view.schema, view.name);
      const object = relationRef(view);
      const below = base.length > 0 ? listed(base) : 'the table below';
      findings.push({
        object,
        severity: reaching.length > 0 ? 'blocker' : 'medium',
        message: `through view ${target} ${whoOf(roles)} can ${listed(verbs)} ${below} with the rights of ${view.owner}, past its policies`,
        detail: `the view is updatable, has no security_invoker, and ${listed(roles.slice())} hold ${listed([...new Set(shown.map(({ operation }) => operation.toUpperCase()))])} on it`,
        fix: {
          sql:
            facts.database.serverVersionNum >= 150000
              ? `alter view ${target} set (security_invoker = on);`
              : `revoke insert, update, delete on ${target} from public, anon, authenticated;`,
          url: `${LINT_DOCS}?lint=0010_security_definer_view`,
        },
      });
    }
    return evaluated(views.length, 'view', findings);
  },
});
