import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { quoteLiteral } from '../../../core/text.ts';
import { exposedSchemas as exposedNow, UNKNOWN_EXPOSURE } from '../../lib/exposure.ts';

const NEVER_EXPOSED = new Set([
  'auth',
  'extensions',
  'private',
  'internal',
  'vault',
  'realtime',
  'net',
  'cron',
  'pgsodium',
  'pgmq',
  'pgbouncer',
  'supabase_functions',
  'supabase_migrations',
  'information_schema',
  'pg_catalog',
]);

export const exposedSchemas = defineCheck({
  id: 'exposed-schemas',
  rev: 1,
  title: 'The Data API exposes only schemas that are meant for it',
  why: 'Every table and function of an exposed schema is one missing policy away from the internet; a schema that does not exist stops the whole API.',
  severity: 'blocker',
  source: 'CATALOGUE 2.1 exposed-schemas; PostgREST docs, db-schemas',
  remedy: 'Take the schema out of the exposed schemas (Dashboard → Settings → API, and [api].schemas in config.toml).',
  falseAlarms: 'storage and graphql_public belong to the defaults of Supabase and are not reported.',
  needs: ['database', 'schemas'],
  uses: ['repoConfig'],
  evaluate({ facts }) {
    const exposed = exposedNow(facts);
    if (exposed === null) return skipped(UNKNOWN_EXPOSURE);
    const source = facts.database.exposedSchemas?.source ?? 'supabase/config.toml';
    const existing = new Set(facts.schemas.map((schema) => schema.name));
    const findings: FindingDraft[] = [];
    const bad = exposed.filter((name) => NEVER_EXPOSED.has(name) || (!existing.has(name) && name !== 'graphql_public'));
    const kept = exposed.filter((name) => !bad.includes(name));
    const sql = `alter role authenticator set pgrst.db_schemas = ${quoteLiteral(kept.join(', '))};\nnotify pgrst, 'reload config'`;
    for (const name of bad) {
      const internal = NEVER_EXPOSED.has(name);
      findings.push({
        object: objectRef('schema', name, name),
        severity: internal ? 'blocker' : 'high',
        message: internal
          ? `the Data API exposes the schema ${name}, which holds internals: its tables and functions can be called from the internet`
          : `the Data API is told to expose the schema ${name}, which does not exist: it cannot load its schema cache and answers every request with 503`,
        detail: `Exposed schemas according to ${source}: ${exposed.join(', ')}.`,
        fix: {
          sql,
          command:
            'Dashboard → Project Settings → Data API → Exposed schemas; and [api].schemas in supabase/config.toml',
        },
      });
    }
    return evaluated(exposed.length, 'exposed schema', findings);
  },
});
