import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { counted, qualified, quoteIdent } from '../../../core/text.ts';
import { tableRef } from '../../lib/tables.ts';

export const authProfileParity = defineCheck({
  id: 'auth-profile-parity',
  rev: 1,
  title: 'Every user has a profile, and every profile a user',
  why: 'A user without a profile meets errors on every page after signing in; a profile without a user is personal data that nobody can erase.',
  severity: 'high',
  source: 'CATALOGUE 3.4 auth-profile-parity',
  remedy: 'Backfill what is missing, and mend the trigger that should have made it.',
  falseAlarms: 'Anonymous users and sign-ups of the last five minutes are not counted.',
  matrix: 'Seed',
  needs: ['profileParity', 'columns'],
  evaluate({ facts }) {
    const parity = facts.profileParity;
    if (parity === null)
      return notApplicable('no table of profiles (one row a user, keyed to auth.users) is recognised');
    if (parity.error !== null) return skipped(`profiles could not be compared with users: ${parity.error}`);
    const table = qualified(parity.schema, parity.table);
    const column = quoteIdent(parity.column);
    const object = tableRef({ schema: parity.schema, name: parity.table });
    const findings: FindingDraft[] = [];
    const others = facts.columns.filter(
      (row) => row.schema === parity.schema && row.relation === parity.table && row.name !== parity.column,
    );
    const backfills = others.every(
      (row) => !row.notNull || row.default !== null || row.identity !== '' || row.generated !== '',
    );
    if (parity.usersWithoutProfile > 0) {
      const many = parity.usersWithoutProfile !== 1;
      findings.push({
        object,
        message: `${counted(parity.usersWithoutProfile, 'user')} ${many ? 'have' : 'has'} no row in ${table}: the product fails for them after signing in`,
        detail: 'Counted over auth.users, without anonymous users and those of the last five minutes.',
        fix: backfills
          ? {
              sql: `insert into ${table} (${column}) select u.id from auth.users as u where not coalesce(u.is_anonymous, false) and not exists (select from ${table} as p where p.${column} = u.id)`,
            }
          : {
              command: `Insert the missing rows: other columns of ${table} are required, so their values are yours to choose.`,
            },
        discriminator: 'users',
      });
    }
    if (parity.profilesWithoutUser > 0) {
      const many = parity.profilesWithoutUser !== 1;
      findings.push({
        object,
        message: `${counted(parity.profilesWithoutUser, 'row')} of ${table} ${many ? 'belong' : 'belongs'} to no user: personal data that an erasure request no longer reaches`,
        detail: `${column} matches no auth.users.id.`,
        fix: {
          command: `select ${column} from ${table} as p where not exists (select from auth.users as u where u.id = p.${column})`,
        },
        discriminator: 'profiles',
      });
    }
    return evaluated(1, 'profile table', findings);
  },
});
