import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { describeObject, type ObjectRef, objectRef } from '../../../core/object.ts';
import type { Severity } from '../../../core/severity.ts';
import { functionRef } from '../../lib/refs.ts';

/** Severity by the rule of the redactor's marker (core/redact.ts); rules not named here are keys all the same. */
const SEVERITY: Readonly<Record<string, Severity>> = {
  'anon-jwt': 'low',
  'supabase-publishable-key': 'low',
  jwt: 'high',
  bearer: 'high',
  'stripe-test-key': 'medium',
};

interface Mark {
  rule: string;
  severity: Severity;
}

/** Marks left by the redactor in a text: `[REDACTED:<rule>]`, with `:demo` for keys every local Supabase shares. */
function marksIn(text: string): Mark[] {
  const found = new Map<string, Mark>();
  for (const match of text.matchAll(/\[REDACTED:([a-z0-9-]+)(:demo)?\]/g)) {
    const rule = match[1] ?? '';
    const demo = match[2] !== undefined;
    const severity = demo ? 'info' : (SEVERITY[rule] ?? 'blocker');
    found.set(`${rule}${demo ? ':demo' : ''}`, { rule: demo ? `${rule} of local development` : rule, severity });
  }
  return [...found.values()];
}

interface Text {
  object: ObjectRef;
  where: string;
  text: string;
}

export const keyInDbCode = defineCheck({
  id: 'key-in-db-code',
  rev: 1,
  title: 'No key stands in functions, triggers or scheduled jobs',
  why: 'Function bodies and trigger arguments can be read by every role in the catalogue, go into every dump and into git: a key there is a leaked key.',
  severity: 'blocker',
  source: 'PostgreSQL, pg_proc.prosrc and pg_trigger are readable by all; Supabase, Vault',
  remedy:
    'Make the key anew, keep it in Vault, and read it with (select decrypted_secret from vault.decrypted_secrets where name = …).',
  falseAlarms:
    'The demo keys that every local Supabase shares are info; the publishable (anon) key is public anyway and low.',
  needs: ['functions', 'triggers'],
  uses: ['cronJobs', 'views'],
  evaluate({ facts }) {
    const texts: Text[] = [
      ...facts.functions
        .filter((fn) => !fn.platform)
        .map((fn) => ({ object: functionRef(fn), where: 'in its body', text: fn.body })),
      ...facts.triggers
        .filter((trigger) => !trigger.internal)
        .map((trigger) => ({
          object: objectRef('trigger', trigger.schema, trigger.name, { table: trigger.table }),
          where: 'among its arguments',
          text: trigger.definition,
        })),
      ...(facts.cronJobs ?? []).map((job) => ({
        object: objectRef('cron job', null, job.name),
        where: 'in its command',
        text: job.command,
      })),
      ...(facts.views ?? [])
        .filter((view) => !view.platform)
        .map((view) => ({
          object: objectRef(view.materialized ? 'materialized view' : 'view', view.schema, view.name),
          where: 'in its query',
          text: view.definition,
        })),
    ];
    const findings: FindingDraft[] = [];
    for (const { object, where, text } of texts) {
      for (const { rule, severity } of marksIn(text)) {
        findings.push({
          object,
          severity,
          discriminator: rule,
          message: `${describeObject(object)} carries a key (${rule}) ${where}: whoever can read the catalogue, a dump or the repository has it`,
          detail: `the redactor's rule ${rule} matched; the value is not kept`,
          fix: {
            command:
              severity === 'info' || severity === 'low'
                ? 'read it from a setting or Vault instead'
                : 'make the key anew, store it in Vault, and look it up there by name',
            url: 'https://supabase.com/docs/guides/database/vault',
          },
        });
      }
    }
    return evaluated(texts.length, 'function, trigger or job', findings, 'functions, triggers and jobs');
  },
});
