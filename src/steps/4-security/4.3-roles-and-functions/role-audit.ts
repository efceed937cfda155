import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Role } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { quoteIdent } from '../../../core/text.ts';
import { API_ROLES } from '../../lib/exposure.ts';

/** Roles that a Supabase project has from the start. */
const PLATFORM = new Set([
  'postgres',
  'anon',
  'authenticated',
  'service_role',
  'authenticator',
  'dashboard_user',
  'pgbouncer',
  'pgsodium_keyholder',
  'pgsodium_keyiduser',
  'pgsodium_keymaker',
  'supabase_admin',
  'supabase_auth_admin',
  'supabase_storage_admin',
  'supabase_functions_admin',
  'supabase_realtime_admin',
  'supabase_replication_admin',
  'supabase_read_only_user',
  'supabase_etl_admin',
  'supabase_privileged_role',
  'supabase_superuser',
  'pgtle_admin',
  'cli_login_postgres',
]);
const MAY_BECOME = new Set(['anon', 'authenticated', 'service_role', 'supabase_storage_admin']);

const isPlatform = (role: string) => PLATFORM.has(role) || role.startsWith('pg_') || role.startsWith('cli_login_');

function ownFindings(role: Role): FindingDraft[] {
  const name = quoteIdent(role.name);
  const object = objectRef('role', null, role.name);
  const findings: FindingDraft[] = [];
  if (role.superuser || role.bypassRls) {
    const what = role.superuser ? 'is superuser' : 'has BYPASSRLS';
    findings.push({
      object,
      severity: 'high',
      discriminator: 'bypass',
      message: `role ${name} ${what}: whoever acts as it reads and writes every row past every policy`,
      detail: `pg_roles: rolsuper ${role.superuser}, rolbypassrls ${role.bypassRls}; not a role of the platform`,
      fix: { sql: `alter role ${name} ${role.superuser ? 'nosuperuser ' : ''}nobypassrls;` },
    });
  }
  if (!role.login) return findings;
  findings.push({
    object,
    severity: 'medium',
    discriminator: 'login',
    message: `role ${name} can log in to the database and is not one of the platform’s: nobody but its owner knows who holds its password`,
    detail: 'pg_roles: rolcanlogin is true; add it to the parameter knownRoles once its owner is known',
    fix: {
      sql: `alter role ${name} nologin;`,
      command: 'or name it in parameters."role-audit".knownRoles of supaready.config.json',
    },
  });
  if (role.validUntil === null) {
    findings.push({
      object,
      severity: 'low',
      discriminator: 'expiry',
      message: `the password of role ${name} never expires: once leaked it works for ever`,
      detail: 'pg_roles: rolvaliduntil is null',
      fix: { command: `set a date: alter role ${name} valid until '…'` },
    });
  }
  return findings;
}

export const roleAudit = defineCheck({
  id: 'role-audit',
  rev: 2,
  title: 'Every database role is known, and none can do more than its task',
  why: 'A forgotten login, a role that bypasses row level security or an API role with memberships is a door that no policy guards.',
  severity: 'high',
  source: 'PostgreSQL, Role Attributes and Role Membership; Supabase, Postgres Roles',
  remedy:
    'Take BYPASSRLS and LOGIN from roles that do not need them, revoke memberships of anon and authenticated, and let authenticator become the API roles only.',
  falseAlarms:
    'Roles of the platform (postgres, supabase_*, pgbouncer …), predefined pg_* roles and names in the parameter knownRoles are not judged.',
  needs: ['roles'],
  parameters: { knownRoles: [] as readonly string[] },
  evaluate({ facts, parameters }) {
    const known = new Set(parameters.knownRoles);
    const findings: FindingDraft[] = [];
    for (const role of facts.roles) {
      const isApiRole = (API_ROLES as readonly string[]).includes(role.name);
      if (isApiRole || role.name === 'authenticator') {
        for (const parent of role.memberOf) {
          // A role that tokens may name on purpose (rls-matrix then tries it).
          if (role.name === 'authenticator' && (MAY_BECOME.has(parent) || known.has(parent))) continue;
          findings.push({
            object: objectRef('role', null, role.name),
            severity: 'blocker',
            discriminator: `member:${parent}`,
            message: isApiRole
              ? `role ${role.name} is a member of ${quoteIdent(parent)}: every ${role.name === 'anon' ? 'visitor' : 'signed-in user'} has all its rights`
              : `authenticator may become ${quoteIdent(parent)}: a token whose role claim says so acts with all its rights over the Data API`,
            detail: 'pg_auth_members',
            fix: { sql: `revoke ${quoteIdent(parent)} from ${role.name};` },
          });
        }
      }
      if (!isPlatform(role.name) && !known.has(role.name)) findings.push(...ownFindings(role));
    }
    return evaluated(facts.roles.length, 'role', findings);
  },
});
