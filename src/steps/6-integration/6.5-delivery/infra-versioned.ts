import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { type ObjectRef, objectRef } from '../../../core/object.ts';
import { qualified } from '../../../core/text.ts';

type Origin = Facts['repoMigrations']['origins'][number];

export const infraVersioned = defineCheck({
  id: 'infra-versioned',
  rev: 1,
  title: 'Publications, jobs, storage policies, webhooks and buckets are in migrations',
  why: 'What was made in the dashboard is missing in the next environment and after a restore into a new project.',
  severity: 'medium',
  source: 'CATALOGUE 6.5 infra-versioned; supabase/cli#883, #2100 (db diff leaves them out)',
  remedy:
    'Write the statement that makes it into a migration and mark that migration as applied (supabase migration repair).',
  falseAlarms:
    'Renames and DO blocks are followed. Buckets of config.toml count. With a migration that does not parse, or without migrations, nothing is judged.',
  needs: ['repoMigrations', 'repoConfig', 'publications', 'policies', 'triggers'],
  uses: ['cronJobs', 'storage', 'replayOrigins'],
  evaluate({ facts, environment }) {
    if (environment.source === 'from-migrations') return notApplicable('everything in it comes from migrations');
    const { files } = facts.repoMigrations;
    const origins = [...facts.repoMigrations.origins, ...(facts.replayOrigins ?? [])];
    if (files.length === 0) return notApplicable('the repository has no migrations');
    const broken = files.find(({ error }) => error !== null);
    if (broken) return skipped(`${broken.path} does not parse, so what it makes is not known`);
    const has = (kind: string, schema: string, name: string, table: string | null = null) =>
      origins.some(
        (origin: Origin) =>
          origin.kind === kind &&
          origin.schema === schema &&
          origin.name === name &&
          origin.table === table &&
          origin.aspect === null,
      );
    const findings: FindingDraft[] = [];
    let looked = 0;
    const judge = (known: boolean, object: ObjectRef, what: string, make: string, discriminator?: string) => {
      looked++;
      if (known) return;
      findings.push({
        object,
        message: `${what} is in no migration: the next environment will not have it`,
        detail: 'The live database has it; no statement of the migrations makes it.',
        fix: { command: `write a migration with: ${make}` },
        ...(discriminator !== undefined && { discriminator }),
      });
    };
    for (const publication of facts.publications) {
      // Supabase's own publications of broadcast messages and of its services.
      if (publication.name.startsWith('supabase_realtime_')) continue;
      for (const [schema, table] of publication.tables) {
        if (schema === 'realtime') continue;
        judge(
          has('published table', schema, table),
          objectRef('table', schema, table),
          `that ${qualified(schema, table)} is published by ${publication.name}`,
          `alter publication ${publication.name} add table ${qualified(schema, table)};`,
          `publication ${publication.name}`,
        );
      }
    }
    for (const { name } of facts.cronJobs ?? []) {
      if (name !== '')
        judge(
          has('cron job', 'cron', name),
          objectRef('cron job', null, name),
          `the cron job ${name}`,
          `select cron.schedule('${name}', …);`,
        );
    }
    for (const { schema, table, name } of facts.policies) {
      if (schema !== 'storage') continue;
      judge(
        has('policy', schema, name, table),
        objectRef('policy', schema, name, { table }),
        `the policy “${name}” on ${schema}.${table}`,
        `create policy … on ${schema}.${table};`,
      );
    }
    for (const { schema, table, name, functionSchema, internal } of facts.triggers) {
      if (functionSchema !== 'supabase_functions' || internal) continue;
      judge(
        has('trigger', schema, name, table),
        objectRef('trigger', schema, name, { table }),
        `the database webhook ${name} on ${qualified(schema, table)}`,
        `create trigger … execute function supabase_functions.http_request(…);`,
      );
    }
    const configured =
      (facts.repoConfig?.values.storage as { buckets?: Record<string, unknown> } | undefined)?.buckets ?? {};
    for (const { id } of facts.storage?.buckets ?? []) {
      judge(
        has('bucket', 'storage', id) || id in configured,
        objectRef('bucket', null, id),
        `the bucket ${id}`,
        `insert into storage.buckets (id, name, public) values (…);`,
      );
    }
    return evaluated(looked, 'object beside the tables', findings, 'objects beside the tables');
  },
});
