import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';

export const testUsers = defineCheck({
  id: 'test-users',
  rev: 1,
  title: 'No test account is left among the real users',
  why: 'Test accounts have passwords that are written down somewhere, and skew every number; one that is an administrator is an open door.',
  severity: 'high',
  source: 'CATALOGUE 3.2 test-users; RFC 2606 (reserved domains)',
  remedy: 'Look at each, then delete it in the dashboard or with the admin API; never by hand in auth.users.',
  falseAlarms:
    'Only production is judged. Addresses are matched by reserved domains, disposable mail services and +test tags, and only counted: none is read out.',
  matrix: 'Seed',
  needs: ['authUsers'],
  evaluate({ facts, environment }) {
    if (facts.authUsers === null) return notApplicable('there is no table auth.users');
    if (environment.kind !== 'production')
      return notApplicable(`test accounts may be in a ${environment.kind} environment`);
    const findings = facts.authUsers.testUsers
      .filter(({ users }) => users > 0)
      .map(({ pattern, users, admins }) => ({
        object: objectRef('table', 'auth', 'users'),
        severity: admins > 0 ? ('blocker' as const) : ('high' as const),
        message:
          admins > 0
            ? `${counted(admins, 'administrator')} of ${counted(users, 'account')} matching ${pattern} ${admins === 1 ? 'is' : 'are'} a test account: whoever knows its password owns the data`
            : `${counted(users, 'account')} matching ${pattern} ${users === 1 ? 'looks' : 'look'} like test accounts`,
        detail: `Counted over auth.users by e-mail pattern ${pattern}.`,
        fix: { command: 'supabase.auth.admin.deleteUser(id) for each, after looking at it' },
        discriminator: pattern,
      }));
    return evaluated(facts.authUsers.total, 'user', findings);
  },
});
