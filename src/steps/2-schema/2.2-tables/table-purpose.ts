import { defineCheck, evaluated } from '../../../core/check.ts';
import { qualified } from '../../../core/text.ts';
import { perText } from '../../lib/memo.ts';
import { located } from '../../lib/origins.ts';
import { keyOf, tableRef, userTables, words } from '../../lib/tables.ts';
import { tablesOfUsers } from '../../lib/user-data.ts';

const PERSONAL = new Set([
  'email',
  'phone',
  'firstname',
  'lastname',
  'surname',
  'birthday',
  'birthdate',
  'dob',
  'address',
  'iban',
  'ssn',
  'passport',
]);
const PERSONAL_PAIRS = new Set([
  'full name',
  'first name',
  'last name',
  'given name',
  'family name',
  'birth date',
  'date birth',
  'postal code',
  'zip code',
  'ip address',
]);

/** A column whose name says that it holds a person's data. */
const namesPersonalData = perText((column) => {
  const parts = words(column);
  return parts.some((part, at) => PERSONAL.has(part) || PERSONAL_PAIRS.has(`${part} ${parts[at + 1] ?? ''}`));
});

export const tablePurpose = defineCheck({
  id: 'table-purpose',
  rev: 1,
  title: 'Every table says what it is for',
  why: 'Who answers a data request or an incident at night has to know what a table holds and whose data that is.',
  severity: 'low',
  source: 'CATALOGUE 2.2a table-purpose',
  remedy: 'Write one sentence with `comment on table`: what a row is, who owns it, whether it is personal data.',
  item: 'a',
  matrix: 'Schema',
  needs: ['relations', 'columns', 'constraints'],
  uses: ['repoMigrations'],
  evaluate({ facts }) {
    const tables = userTables(facts.relations);
    const ofUsers = tablesOfUsers(facts.constraints);
    const personal = new Set(
      facts.columns
        .filter((column) => namesPersonalData(column.name))
        .map((column) => keyOf(column.schema, column.relation)),
    );
    const findings = tables
      .filter((table) => (table.comment ?? '').trim() === '')
      .map((table) => {
        const key = keyOf(table.schema, table.name);
        const name = qualified(table.schema, table.name);
        const why = ofUsers.has(key)
          ? 'its rows belong to users (a path of foreign keys leads to auth.users)'
          : personal.has(key)
            ? 'its column names speak of personal data'
            : null;
        return {
          object: tableRef(table),
          message: why
            ? `nothing says what ${name} is for, though it holds personal data`
            : `nothing says what ${name} is for`,
          detail: why ? `It has no comment, and ${why}.` : 'It has no comment.',
          fix: { command: `comment on table ${name} is '…': what a row is, who owns it, whether it is personal data` },
          ...located(facts, tableRef(table)),
        };
      });
    return evaluated(tables.length, 'table', findings);
  },
});
