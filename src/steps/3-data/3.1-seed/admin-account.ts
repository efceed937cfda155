import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted, qualified, quoteIdent } from '../../../core/text.ts';
import { expressionTree, functionTree, stringsIn } from '../../lib/sql-tree.ts';
import { columnRef } from '../../lib/tables.ts';

const ADMIN_WORDS = new Set(['admin', 'is_admin', 'superadmin', 'super_admin', 'claims_admin', 'administrator']);

/** Whether a tree asks the token's app_metadata for an admin role. */
function asksForAdminClaim(tree: unknown): boolean {
  const strings = stringsIn(tree);
  return strings.some((text) => text === 'app_metadata') && strings.some((text) => ADMIN_WORDS.has(text));
}

export const adminAccount = defineCheck({
  id: 'admin-account',
  rev: 2,
  title: 'A confirmed administrator with a second factor exists',
  why: 'Policies that ask for an administrator whom nobody is lock the team out on day one; one without a second factor is a password away from everybody’s data.',
  severity: 'high',
  source: 'CATALOGUE 3.1 admin-account',
  remedy:
    'Give one confirmed account the role in app_metadata (`auth.admin.updateUserById`), and let its owner enrol TOTP.',
  falseAlarms:
    'Silent where no policy or function asks for an admin role in app_metadata and nobody has one. Administrators in a table of yours count where it holds one row a user (profiles.is_admin, .role) or users’ roles (user_roles); roles inside a team are your customers’.',
  matrix: 'Seed',
  needs: ['authUsers', 'policies', 'functions', 'administrators'],
  evaluate({ facts }) {
    const users = facts.authUsers;
    if (users === null) return notApplicable('there is no table auth.users');
    const asked =
      facts.policies.some((policy) =>
        [policy.using, policy.check].some((text) => text !== null && asksForAdminClaim(expressionTree(text))),
      ) ||
      facts.functions.some(
        (fn) => !fn.platform && fn.extension === null && asksForAdminClaim(functionTree(fn).body ?? []),
      );
    const kept = facts.administrators;
    const unread = kept.find(({ error }) => error !== null);
    const tables = kept.filter(({ error, admins }) => error === null && admins > 0);
    if (!asked && users.admins === 0 && tables.length === 0 && !unread)
      return notApplicable('no policy or function asks for an admin role in app_metadata');
    const findings: FindingDraft[] = [];
    const object = objectRef('table', 'auth', 'users');
    if (users.admins === 0 && asked) {
      findings.push({
        object,
        message:
          'no confirmed user is an administrator, though policies or functions ask for one: nobody can administer the product',
        detail: `${counted(users.confirmed, 'confirmed user')}, none with an admin role in raw_app_meta_data.`,
        fix: { command: `supabase.auth.admin.updateUserById(id, { app_metadata: { role: 'admin' } })` },
        discriminator: 'none',
      });
    } else if (users.adminsWithVerifiedMfa < users.admins) {
      const without = users.admins - users.adminsWithVerifiedMfa;
      findings.push({
        object,
        message: `${without} of ${counted(users.admins, 'administrator')} ${without === 1 ? 'has' : 'have'} no second factor: a stolen password opens everybody’s data`,
        detail: 'auth.mfa_factors holds no verified factor for them.',
        fix: { command: 'Let each enrol TOTP (supabase.auth.mfa.enroll), and require aal2 in the admin policies.' },
        discriminator: 'mfa',
      });
    }
    for (const { schema, table, column, admins, withVerifiedMfa } of tables) {
      const without = admins - withVerifiedMfa;
      if (without === 0) continue;
      const name = `${qualified(schema, table)}.${quoteIdent(column)}`;
      findings.push({
        object: columnRef(schema, table, column),
        message: `${without} of ${counted(admins, 'administrator')} by ${name} ${without === 1 ? 'has' : 'have'} no second factor: a stolen password opens everybody’s data`,
        detail: 'auth.mfa_factors holds no verified factor for them.',
        fix: { command: 'Let each enrol TOTP (supabase.auth.mfa.enroll), and require aal2 in the admin policies.' },
        discriminator: 'mfa',
      });
    }
    if (findings.length === 0 && unread)
      return skipped(
        `administrators in ${qualified(unread.schema, unread.table)} could not be counted: ${unread.error}`,
      );
    const administrators = users.admins + tables.reduce((sum, { admins }) => sum + admins, 0);
    return evaluated(Math.max(administrators, 1), 'administrator', findings);
  },
});
