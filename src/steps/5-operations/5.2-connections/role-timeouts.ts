import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { quoteIdent } from '../../../core/text.ts';

type Needed = Pick<Facts, 'roleSettings' | 'settings' | 'database'>;

/** A setting as a session of the role gets it: role in database, role, database, server. Source: PostgreSQL docs, ALTER ROLE. */
function effective(facts: Needed, role: string, name: string): Needed['roleSettings'][number] | undefined {
  const own = facts.roleSettings.filter((row) => row.name === name);
  const here = facts.database.name;
  return (
    own.find((row) => row.role === role && row.database === here) ??
    own.find((row) => row.role === role && row.database === null) ??
    own.find((row) => row.role === null && row.database === here) ??
    own.find((row) => row.role === null && row.database === null)
  );
}

function isOff(setting: string | undefined): boolean {
  return setting === undefined || /^0(ms|s|min|h|d)?$/.test(setting.trim());
}

export const roleTimeouts = defineCheck({
  id: 'role-timeouts',
  rev: 1,
  title: 'No role may run or hold a transaction for ever',
  why: 'Without statement_timeout a single request of anybody with the public key can keep a connection busy for hours; a few dozen stop the product.',
  severity: 'high',
  source: 'CATALOGUE 5.2 role-timeouts; Supabase docs, “Timeouts” (anon 3 s, authenticated 8 s)',
  remedy: 'Set statement_timeout for anon and authenticated, and idle_in_transaction_session_timeout for the database.',
  falseAlarms:
    'A role without a setting of its own uses that of authenticator, as PostgREST’s session does. A missing idle timeout is medium where a client of the repository connects directly (ORM, database URL), low where only the API does.',
  needs: ['roleSettings', 'roles', 'settings', 'database'],
  uses: ['repoProject', 'repoEnv'],
  evaluate({ facts, environment }) {
    const present = new Set(facts.roles.map(({ name }) => name));
    const roles = ['anon', 'authenticated'].filter((role) => present.has(role));
    if (roles.length === 0) return notApplicable('the roles anon and authenticated do not exist');
    // What a role setting gave our own session says nothing of other roles.
    const server = new Map(
      facts.settings.filter(({ source }) => !source.endsWith('user')).map((row) => [row.name, row.setting]),
    );
    const findings: FindingDraft[] = [];
    for (const role of roles) {
      const own = effective(facts, role, 'statement_timeout');
      const setting =
        own?.setting ??
        effective(facts, 'authenticator', 'statement_timeout')?.setting ??
        server.get('statement_timeout');
      if (!isOff(setting)) continue;
      const who = role === 'anon' ? 'anybody with the public key' : 'any signed-in user';
      findings.push({
        object: objectRef('role', null, role),
        message: `${who} can run a query for as long as they like: a few dozen such requests take every connection`,
        detail:
          own === undefined
            ? 'Neither the role nor authenticator has a statement_timeout.'
            : `statement_timeout is ${own.setting} for ${role}.`,
        fix: {
          sql: `alter role ${role}${own?.role === role && own.database !== null ? ` in database ${quoteIdent(own.database)}` : ''} set statement_timeout = '${role === 'anon' ? '3s' : '8s'}'`,
        },
      });
    }
    const idle =
      effective(facts, 'postgres', 'idle_in_transaction_session_timeout')?.setting ??
      server.get('idle_in_transaction_session_timeout');
    if (environment.source === 'live' && isOff(idle)) {
      const direct =
        (facts.repoProject?.orms.length ?? 0) > 0 ||
        (facts.repoEnv ?? []).some((row) => row.host === 'direct' || row.host === 'pooler');
      findings.push({
        object: objectRef('setting', null, 'idle_in_transaction_session_timeout'),
        severity: direct ? 'medium' : 'low',
        message:
          'a client that forgets to end its transaction keeps its locks for ever: writers queue up behind it, and vacuum stops',
        detail: `idle_in_transaction_session_timeout is off for the database and the role postgres${direct ? '; the repository connects to the database directly' : ''}.`,
        fix: {
          sql: `alter database ${quoteIdent(facts.database.name)} set idle_in_transaction_session_timeout = '60s'`,
        },
      });
    }
    return evaluated(roles.length, 'API role', findings);
  },
});
