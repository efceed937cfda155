import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';

export const cliVersionMatch = defineCheck({
  id: 'cli-version-match',
  rev: 1,
  title: 'Local tools speak the server’s version',
  why: 'Migrations tried on another major version of PostgreSQL pass on a laptop and fail, or dump differently, on the server.',
  severity: 'high',
  source: 'CATALOGUE 1.3 cli-version-match; Supabase CLI, config.toml [db].major_version',
  remedy: 'Set [db].major_version to the server’s major version, and pin the CLI to one version in package.json.',
  falseAlarms: 'A database replayed from migrations has our version, not the project’s: only the pin is judged then.',
  needs: ['database', 'repoConfig', 'repoProject'],
  evaluate({ facts, environment }) {
    const findings: FindingDraft[] = [];
    const { repoConfig: config, database, repoProject } = facts;
    const declared = (config?.values.db as { major_version?: unknown } | undefined)?.major_version;
    const actual = Math.floor(database.serverVersionNum / 10_000);
    let looked = 0;
    if (config && typeof declared === 'number' && environment.source === 'live') {
      looked++;
      if (declared !== actual) {
        findings.push({
          object: objectRef('file', null, config.path),
          message: `${config.path} says PostgreSQL ${declared}, the server runs ${actual}: what passes locally need not pass there`,
          detail: `[db].major_version = ${declared}; server version ${database.serverVersion}.`,
          fix: { command: `set major_version = ${actual} under [db] in ${config.path}` },
          discriminator: 'major_version',
        });
      }
    }
    const seen = new Set<string>();
    for (const { name, version, path } of repoProject.dependencies) {
      if (name !== 'supabase' || seen.has(path)) continue;
      seen.add(path);
      looked++;
      if (/^v?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) || /^(workspace|catalog|file|link):/.test(version)) continue;
      findings.push({
        object: objectRef('file', null, path),
        severity: 'low',
        message: `${path} takes whichever Supabase CLI is newest (${version.slice(0, 20)}): two machines need not write the same dump or types`,
        detail: 'The version of the package supabase is a range.',
        fix: { command: 'npm install --save-dev --save-exact supabase' },
        discriminator: 'cli',
      });
    }
    if (looked === 0) return notApplicable('neither config.toml nor package.json says a version');
    return evaluated(looked, 'stated version', findings);
  },
});
