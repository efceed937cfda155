import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';

/** Schemas that Supabase keeps and migrates by itself. */
const KEPT_BY_SUPABASE = new Set([
  'auth',
  'storage',
  'realtime',
  'vault',
  'graphql',
  'graphql_public',
  'pgbouncer',
  'supabase_functions',
]);
const API_OWNERS = new Set(['anon', 'authenticated', 'service_role', 'authenticator']);

function ownedBySupabase(owner: string): boolean {
  return owner.startsWith('supabase_') || owner === 'pgbouncer' || owner === 'rdsadmin';
}

export const schemaInventory = defineCheck({
  id: 'schema-inventory',
  rev: 1,
  title: 'Every schema, relation and function has an owner and a place it should have',
  why: 'An owner is not held back by row level security and may drop what it owns; what stands in a schema of Supabase is lost or broken by a platform upgrade and left out of dumps.',
  severity: 'medium',
  source: 'CATALOGUE 2.1 schema-inventory; PostgreSQL docs, “Row Security Policies”: table owners bypass row security',
  remedy:
    'Give the object to postgres (`alter … owner to postgres`); move what is yours out of the schemas of Supabase.',
  falseAlarms:
    'Triggers of yours on auth.users are left alone: Supabase supports them. Queues in pgmq and jobs in cron are made through functions of those extensions and are not counted.',
  matrix: 'Schema',
  needs: ['schemas', 'relations', 'functions'],
  evaluate({ facts }) {
    const findings: FindingDraft[] = [];
    const schemas = facts.schemas.filter((schema) => !schema.platform && schema.extension === null);
    for (const schema of schemas) {
      if (!API_OWNERS.has(schema.owner)) continue;
      findings.push({
        object: objectRef('schema', schema.name, schema.name),
        severity: 'blocker',
        message: `the API role ${schema.owner} owns the schema ${schema.name} and may drop everything in it`,
        detail: `pg_namespace.nspowner is ${schema.owner}.`,
        fix: { sql: `alter schema ${quoteIdent(schema.name)} owner to postgres` },
      });
    }
    const objects = [
      ...facts.relations.map((relation) => ({
        ...relation,
        ref: objectRef(relation.kind === 'partitioned table' ? 'table' : relation.kind, relation.schema, relation.name),
        alter: `alter ${relation.kind === 'partitioned table' ? 'table' : relation.kind} ${qualified(relation.schema, relation.name)}`,
      })),
      ...facts.functions.map((fn) => ({
        ...fn,
        ref: objectRef('function', fn.schema, fn.name, { signature: fn.arguments }),
        alter: `alter routine ${qualified(fn.schema, fn.name)}(${fn.arguments})`,
      })),
    ].filter((object) => object.extension === null);
    let count = schemas.length;
    for (const object of objects) {
      if (object.platform) {
        if (!KEPT_BY_SUPABASE.has(object.schema) || ownedBySupabase(object.owner)) continue;
        findings.push({
          object: object.ref,
          message: `${qualified(object.schema, object.name)} is yours but stands in a schema that Supabase keeps: an upgrade may drop or block it, and “supabase db dump” leaves it out`,
          detail: `It is owned by ${object.owner}; what Supabase makes in ${object.schema} is owned by its own roles.`,
          fix: { command: `Create it anew in a schema of your own and drop this one.` },
          discriminator: 'place',
        });
        continue;
      }
      count++;
      if (!API_OWNERS.has(object.owner)) continue;
      findings.push({
        object: object.ref,
        severity: 'blocker',
        message: `the API role ${object.owner} owns ${qualified(object.schema, object.name)}: row level security does not hold it back, and it may drop or alter it`,
        detail: `Its owner in the catalogue is ${object.owner}.`,
        fix: { sql: `${object.alter} owner to postgres` },
        discriminator: 'owner',
      });
    }
    return evaluated(count, 'schema, relation or function', findings, 'schemas, relations and functions');
  },
});
