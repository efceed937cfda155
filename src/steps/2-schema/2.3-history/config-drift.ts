import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { authSettings, type ConfigSetting, configFor, serviceSettings } from './config-settings.ts';

function shown(value: ConfigSetting['live']): string {
  if (value === null || value === '') return 'not set';
  const text = String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

export const configDrift = defineCheck({
  id: 'config-drift',
  rev: 1,
  title: 'The project’s settings are the ones in config.toml',
  why: 'A switch turned in the dashboard (sign-up opened, confirmation off, a schema exposed) is in no review, and the next deployment or branch quietly turns it back.',
  severity: 'medium',
  source:
    'CATALOGUE 2.3 config-drift; Supabase CLI, config reference; OpenAPI document of the Management API (config/auth, postgrest, config/storage, functions)',
  remedy:
    'Decide which side is meant: `supabase config push` brings the project to config.toml; otherwise write the live value into config.toml.',
  falseAlarms:
    'Only what config.toml states is compared, with [remotes.*] of this project applied. Local addresses, env() values and parts that are switched off are for laptops or known to nobody here. A function that config.toml does not name is deployed with verify_jwt on.',
  needs: ['repoConfig', 'platformAuth', 'platformPostgrest', 'platformStorage', 'platformFunctions'],
  evaluate({ facts }) {
    const { repoConfig: config, platformAuth, platformPostgrest } = facts;
    if (platformAuth === null || platformPostgrest === null)
      return notApplicable('no hosted project stands behind this database');
    if (config === null) return notApplicable('the repository has no supabase/config.toml');
    if (config.error !== null) return skipped(`${config.path} could not be read: ${config.error}`);
    const stated = configFor(config.values, platformAuth.ref);
    const settings = [...authSettings(stated, platformAuth), ...serviceSettings(stated, facts)];
    const findings = settings
      .filter(({ wanted, live }) => wanted !== live && !(wanted === '' && live === null))
      .map(({ path, field, security, wanted, live }): FindingDraft => {
        const line = config.lines[path];
        return {
          object: objectRef('setting', null, path),
          severity: security ? 'high' : 'medium',
          message: `${path} is ${shown(live)} in the project, against ${shown(wanted ?? null)} in ${config.path}: the next push turns it back`,
          detail: `The Management API gives ${field} = ${shown(live)}.`,
          fix: { command: `supabase config push, or write ${shown(live)} into ${config.path} (${path})` },
          ...(line !== undefined && { location: { file: config.path, line, column: 1 } }),
        };
      });
    return evaluated(settings.length, 'setting of config.toml', findings, 'settings of config.toml');
  },
});
