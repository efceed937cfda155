import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { policiesOf } from '../../lib/exposure.ts';
import { columnsIn, expressionTree, throughFunctions } from '../../lib/sql-tree.ts';
import { columnRef, groupBy, keyOf, userTables } from '../../lib/tables.ts';
import { isDeletedAt } from '../time-columns.ts';

const API_GRANTEES = new Set(['public', 'anon', 'authenticated']);

export const softDelete = defineCheck({
  id: 'soft-delete',
  rev: 1,
  title: 'Soft-deleted rows are hidden by the database',
  why: 'A deleted_at that only the front end filters by leaves “deleted” rows readable to anybody who asks the API directly.',
  severity: 'medium',
  source: 'CATALOGUE 2.2e timestamps (deleted_at in no policy)',
  remedy: 'Add `deleted_at is null` to the SELECT policies, or as one restrictive policy for all of them.',
  falseAlarms:
    'Tables without a SELECT policy for API roles are not readable there; a policy that names the column, also through a helper function, or a restrictive one, is enough; policies for service_role alone do not count.',
  item: 'e',
  matrix: 'RLS',
  needs: ['relations', 'columns', 'policies', 'functions'],
  evaluate({ facts }) {
    const columns = groupBy(facts.columns.filter(isDeletedAt), (column) => keyOf(column.schema, column.relation));
    let looked = 0;
    const findings = userTables(facts.relations).flatMap((table): FindingDraft[] => {
      const column = columns.get(keyOf(table.schema, table.name))?.[0];
      if (!column || !table.rls) return [];
      looked++;
      const reading = policiesOf(facts, table).filter(
        ({ command, roles }) =>
          (command === 'select' || command === 'all') && roles.some((role) => API_GRANTEES.has(role)),
      );
      const names = (expression: string | null): boolean =>
        expression !== null &&
        throughFunctions(expressionTree(expression), facts.functions).some(({ tree }) =>
          columnsIn(tree).some((path) => path.at(-1) === column.name),
        );
      if (reading.some((policy) => !policy.permissive && names(policy.using))) return [];
      const blind = reading.filter((policy) => policy.permissive && policy.using !== null && !names(policy.using));
      const first = blind[0];
      if (!first) return [];
      const name = qualified(table.schema, table.name);
      const object = columnRef(table.schema, table.name, column.name);
      return [
        {
          object,
          message: `rows of ${name} that were deleted (${quoteIdent(column.name)}) can still be read through the API`,
          detail: `${blind.map((policy) => `Policy “${policy.name}”`).join(', ')} lets rows be read and does not look at ${column.name}.`,
          fix: {
            sql: `create policy ${quoteIdent('hide deleted rows')} on ${name} as restrictive for select to anon, authenticated using (${quoteIdent(column.name)} is null)`,
          },
        },
      ];
    });
    return evaluated(looked, 'table with soft delete', findings, 'tables with soft delete');
  },
});
