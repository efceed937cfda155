import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { isExampleFile, plainVariable } from '../env-names.ts';

/** The role a variable's name promises; null when it promises none. */
function promisedRole(variable: string): 'anon' | 'service_role' | null {
  if (/service_?role|service_?key|secret_?key|admin_?key/i.test(variable)) return 'service_role';
  return /anon|publishable|public_?key/i.test(variable) ? 'anon' : null;
}

/** What a name says of its project beside Supabase: `STAGING` in `STAGING_SUPABASE_URL`. */
function family(variable: string): string {
  return plainVariable(variable).split(/SUPABASE/i)[0] ?? '';
}

export const keyEnvMismatch = defineCheck({
  id: 'key-env-mismatch',
  rev: 1,
  title: 'Keys belong to the project and the role their names say',
  why: 'A secret key under the name of the public one is handed to every browser; a key of another project fails on the first request, or writes to the wrong database.',
  severity: 'blocker',
  source: 'CATALOGUE 1.2 key-env-mismatch; claims `ref` and `role` of Supabase’s legacy keys',
  remedy:
    'Copy the key again from the dashboard of the right project; rotate it when a secret key stood where a public one belongs.',
  falseAlarms:
    'The demo keys of the local stack fit every local URL. URL and key are compared within one file and under one prefix only.',
  needs: ['repoKeys', 'repoEnv'],
  evaluate({ facts }) {
    const findings: FindingDraft[] = [];
    const keys = facts.repoKeys.filter(
      ({ kind, demo, where }) => kind.endsWith('-jwt') && !demo && where !== 'history',
    );
    for (const { path, line, variable, role } of keys) {
      const promised = variable === null ? null : promisedRole(variable);
      if (promised === null || role === null || promised === role || !['anon', 'service_role'].includes(role)) continue;
      const consequence =
        role === 'service_role'
          ? 'whoever is given it as the public key passes every policy'
          : 'what relies on it fails on the first request';
      findings.push({
        object: objectRef('file', null, path),
        message: `${variable} in ${path} is named for ${promised} but holds a key of role ${role}: ${consequence}`,
        detail: 'The role stands in the key’s payload.',
        fix: {
          command: `put the ${promised} key there${role === 'service_role' ? ', and rotate the service_role key' : ''}`,
        },
        location: { file: path, line, column: 1 },
        discriminator: `role ${variable}`,
      });
    }
    for (const key of facts.repoEnv) {
      if (key.ref === null || !/key/i.test(key.variable) || isExampleFile(key.path)) continue;
      const urls = new Set(
        facts.repoEnv.flatMap((row) =>
          row.path === key.path &&
          row.ref &&
          /URL$/i.test(row.variable) &&
          row.port === null &&
          family(row.variable) === family(key.variable)
            ? [row.ref]
            : [],
        ),
      );
      const [url] = urls;
      if (urls.size !== 1 || url === undefined || url === key.ref) continue;
      findings.push({
        object: objectRef('file', null, key.path),
        message: `${key.variable} in ${key.path} is a key of project ${key.ref} beside the URL of project ${url}: every request with it is refused`,
        detail: 'The project ref stands in the key’s payload and in the URL.',
        fix: { command: `take both from the dashboard of one project` },
        location: { file: key.path, line: key.line, column: 1 },
        discriminator: `ref ${key.variable}`,
      });
    }
    return evaluated(keys.length, 'key', findings);
  },
});
