import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { isExampleFile } from '../env-names.ts';

type Kind = Facts['repoKeys'][number]['kind'];

/** What each kind of secret opens. Public keys and test keys are none. */
const OPENS: Partial<Record<Kind, { what: string; opens: string }>> = {
  'service-role-jwt': { what: 'a service_role key', opens: 'passes every policy of the project' },
  'supabase-secret-key': { what: 'a secret key of Supabase', opens: 'passes every policy of the project' },
  'supabase-access-token': { what: 'an access token of Supabase', opens: 'manages every project of its owner' },
  'postgres-url': { what: 'a connection string with its password', opens: 'can log in to the database' },
  'stripe-secret-key': { what: 'a live secret key of Stripe', opens: 'can charge and refund customers' },
  'stripe-webhook-secret': { what: 'a webhook secret of Stripe', opens: 'can forge payments' },
  'aws-access-key': { what: 'an access key of AWS', opens: 'acts in that account' },
  'private-key': { what: 'a private key', opens: 'can sign or log in with it' },
};

export const secretInGit = defineCheck({
  id: 'secret-in-git',
  rev: 1,
  title: 'No secret stands in git, now or in its history',
  why: 'Everybody who ever cloned the repository, every fork, every build machine has it; deleting the file takes it from nobody.',
  severity: 'blocker',
  source: 'CATALOGUE 1.2 secret-in-git; GitHub docs, “Removing sensitive data from a repository”',
  remedy:
    'Rotate the secret first; then remove it from the files and, if the repository is or was shared, from history.',
  falseAlarms:
    'Left out: the demo keys every local Supabase shares, placeholders, connection strings of local databases, public (anon, publishable) and test keys. Keys in test fixtures are medium.',
  needs: ['repoKeys', 'repoFiles'],
  evaluate({ facts }) {
    if (!facts.repoFiles.git) return skipped('the folder is not a git work tree; run it in a clone with its history');
    const findings: FindingDraft[] = [];
    for (const { path, line, where, kind, variable, ref, demo } of facts.repoKeys) {
      const secret = OPENS[kind];
      if (!secret || demo || where === 'untracked') continue;
      const place = where === 'history' ? `git’s history (${path})` : path;
      findings.push({
        object: objectRef('file', null, path),
        ...(isFixture(path) && { severity: 'medium' as const }),
        message: `${secret.what} stands in ${place}: whoever has a clone ${secret.opens}`,
        detail: `${variable ? `Assigned to ${variable}` : 'Written as it is'}${ref ? `, of project ${ref}` : ''}${where === 'history' ? '; no longer in the files, still in a commit' : ''}.`,
        fix: {
          command:
            where === 'history'
              ? 'rotate it, then purge it from history (git filter-repo)'
              : 'rotate it, then remove it from the file and from history',
        },
        ...(where === 'tracked' && { location: { file: path, line, column: 1 } }),
        discriminator: `${where} ${kind} ${variable ?? ''}`,
      });
    }
    for (const { path, tracked, ignored } of facts.repoFiles.envFiles) {
      if (tracked || ignored || isExampleFile(path)) continue;
      findings.push({
        object: objectRef('file', null, path),
        severity: 'high',
        message: `git does not ignore ${path}: the next “git add .” commits what it holds`,
        detail: 'It is neither tracked nor matched by a .gitignore.',
        fix: { command: `echo '.env*' >> .gitignore` },
        discriminator: 'not ignored',
      });
    }
    return evaluated(
      facts.repoFiles.files.length,
      'tracked file and the history',
      findings,
      'tracked files and the history',
    );
  },
});

function isFixture(path: string): boolean {
  return /(^|\/)(tests?|__tests__|fixtures|testdata|e2e|examples?)\//.test(path) || isExampleFile(path);
}
