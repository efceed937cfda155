import { defineCheck, evaluated } from '../../../core/check.ts';
import { qualified, quoteLiteral } from '../../../core/text.ts';
import { tableRef, userTables } from '../../lib/tables.ts';
import { type UserClass, userClassOf } from '../../lib/user-class.ts';

/** What can be said of a table without knowing what it is for; the fix writes it down, and a person adds the purpose. */
function wordsFor({ kind, path, personal }: UserClass): string | null {
  if (kind === 'none') return null;
  const way = path
    .map((key) => `${key.columns.join(', ')} → ${key.references.schema}.${key.references.table}`)
    .join(', ');
  const owner =
    kind === 'users' ? `Data of users: each row belongs to one (${way}).` : 'Data of people who need not be users.';
  return personal.length > 0 ? `${owner} Holds ${personal.join('; ')}.` : owner;
}

export const tablePurpose = defineCheck({
  id: 'table-purpose',
  rev: 2,
  title: 'Every table says what it is for',
  why: 'Who answers a data request or an incident at night has to know what a table holds and whose data that is.',
  severity: 'low',
  source: 'CATALOGUE 2.2a table-purpose',
  remedy: 'Write one sentence with `comment on table`: what a row is, who owns it, whether it is personal data.',
  item: 'a',
  matrix: 'Schema',
  aspect: 'comment',
  needs: ['relations', 'columns', 'constraints'],
  evaluate({ facts }) {
    const tables = userTables(facts.relations);
    const findings = tables
      .filter((table) => (table.comment ?? '').trim() === '')
      .map((table) => {
        const name = qualified(table.schema, table.name);
        const known = wordsFor(userClassOf(table, facts));
        return {
          object: tableRef(table),
          message: known
            ? `nothing says what ${name} is for, though it holds personal data`
            : `nothing says what ${name} is for`,
          detail: known ? `It has no comment. What its keys and names tell: ${known}` : 'It has no comment.',
          fix: {
            sql: known ? `comment on table ${name} is ${quoteLiteral(known)}` : null,
            command: known
              ? 'Put before it, in one sentence, what a row is and who owns it.'
              : `comment on table ${name} is '…': what a row is, who owns it, whether it is personal data`,
          },
        };
      });
    return evaluated(tables.length, 'table', findings);
  },
});
