import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { quoteLiteral } from '../../../core/text.ts';
import { bytesOf } from '../../lib/config-values.ts';

interface Configured {
  public?: unknown;
  file_size_limit?: unknown;
  allowed_mime_types?: unknown;
}

export const bucketDrift = defineCheck({
  id: 'bucket-drift',
  rev: 1,
  title: 'Buckets are as config.toml says',
  why: 'A bucket made public in the dashboard hands every file to whoever has its address, and the repository still says private.',
  severity: 'high',
  source: 'CATALOGUE 6.5 bucket-drift; Supabase CLI, config.toml [storage.buckets]',
  remedy: 'Set the bucket back, or change config.toml if the new setting is meant, and let the pipeline push it.',
  falseAlarms:
    'Only what config.toml states is compared. A replay of migrations makes no bucket of config.toml and is not judged.',
  needs: ['repoConfig', 'storage'],
  evaluate({ facts, environment }) {
    if (environment.source === 'from-migrations')
      return notApplicable('buckets of config.toml are not made by migrations');
    const config = facts.repoConfig;
    const buckets = (config?.values.storage as { buckets?: Record<string, Configured> } | undefined)?.buckets;
    if (!config || !buckets || Object.keys(buckets).length === 0)
      return notApplicable('config.toml declares no buckets');
    if (facts.storage === null) return notApplicable('the database has no storage schema');
    const findings: FindingDraft[] = [];
    for (const [id, wanted] of Object.entries(buckets)) {
      const object = objectRef('bucket', null, id);
      const live = facts.storage.buckets.find((bucket) => bucket.id === id);
      if (!live) {
        findings.push({
          object,
          message: `the bucket ${id} of ${config.path} does not exist: uploads to it fail`,
          detail: 'storage.buckets has no such row.',
          fix: {
            sql: `insert into storage.buckets (id, name, public) values (${quoteLiteral(id)}, ${quoteLiteral(id)}, ${wanted.public === true})`,
          },
        });
        continue;
      }
      const differences: string[] = [];
      const settings: string[] = [];
      if (typeof wanted.public === 'boolean' && wanted.public !== live.public) {
        differences.push(live.public ? 'public, not private' : 'private, not public');
        settings.push(`public = ${wanted.public}`);
      }
      const limit = wanted.file_size_limit === undefined ? null : bytesOf(wanted.file_size_limit);
      if (limit !== null && limit !== live.fileSizeLimit) {
        differences.push(`limited to ${live.fileSizeLimit ?? 'no'} bytes, not ${limit}`);
        settings.push(`file_size_limit = ${limit}`);
      }
      const types = wanted.allowed_mime_types;
      if (Array.isArray(types) && types.length > 0 && sorted(types) !== sorted(live.allowedMimeTypes ?? [])) {
        differences.push(`open to ${live.allowedMimeTypes?.join(', ') ?? 'every type of file'}`);
        settings.push(`allowed_mime_types = array[${types.map((type) => quoteLiteral(String(type))).join(', ')}]`);
      }
      if (differences.length === 0) continue;
      const opened = live.public && wanted.public === false;
      findings.push({
        object,
        severity:
          opened || differences.length > 1 || (wanted.public !== undefined && wanted.public !== live.public)
            ? 'high'
            : 'medium',
        message: `the bucket ${id} is ${differences.join(', ')}, against ${config.path}${opened ? ': every file in it can be fetched without signing in' : ''}`,
        detail: 'Compared storage.buckets with [storage.buckets].',
        fix: { sql: `update storage.buckets set ${settings.join(', ')} where id = ${quoteLiteral(id)}` },
      });
    }
    return evaluated(Object.keys(buckets).length, 'bucket of config.toml', findings, 'buckets of config.toml');
  },
});

function sorted(types: readonly unknown[]): string {
  return types.map(String).sort().join();
}
