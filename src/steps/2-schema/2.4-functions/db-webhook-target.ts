import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { parseStatements } from '../../../core/sql.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { functionRef, isUsers } from '../../lib/refs.ts';
import { callsIn, functionTree } from '../../lib/sql-tree.ts';
import { triggerShape } from '../time-columns.ts';

const LOCAL = new Set(['localhost', '127.0.0.1', '0.0.0.0', '::1', 'host.docker.internal', 'kong', 'supabase_kong']);
const TUNNEL = [
  '.ngrok.io',
  '.ngrok-free.app',
  '.ngrok.app',
  '.loca.lt',
  '.trycloudflare.com',
  'webhook.site',
  '.requestbin.com',
  '.pipedream.net',
];

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : null;
}

/** What is wrong with a webhook's target in this environment, or null. */
function problemOf(url: string, ref: string | undefined): { what: string; detail: string } | null {
  const host = hostOf(url);
  if (host === null)
    return { what: 'is no web address, so every delivery fails', detail: 'Its first argument is not a URL.' };
  if (LOCAL.has(host) || host.endsWith('.local'))
    return { what: 'is a developer’s machine, so no event ever arrives', detail: `The target’s host is ${host}.` };
  const tunnel = TUNNEL.find((suffix) => host === suffix || host.endsWith(suffix));
  if (tunnel)
    return {
      what: 'is a developer’s tunnel: rows of every change go to whoever owns that name today',
      detail: `The target’s host is ${host}.`,
    };
  const other = /^([a-z]{20})\.(?:functions\.)?supabase\.(?:co|in|net)$/.exec(host)?.[1];
  if (other && ref && other !== ref)
    return {
      what: 'is another project: its events run there',
      detail: `The target is project ${other}; this one is ${ref}.`,
    };
  return null;
}

const SENDERS = new Set(['http_get', 'http_post', 'http_put', 'http_patch', 'http_delete', 'http_head']);

/** Constant web addresses that calls of pg_net and http are given. */
function addressesIn(tree: unknown): string[] {
  return callsIn(tree ?? []).flatMap((call) => {
    if (!SENDERS.has(call.name)) return [];
    const at = Math.max(0, call.argNames.indexOf('url'));
    const constant = (call.args[at] as { A_Const?: { sval?: { sval?: string } } } | undefined)?.A_Const?.sval?.sval;
    return constant !== undefined && /^https?:/.test(constant) ? [constant] : [];
  });
}

export const dbWebhookTarget = defineCheck({
  id: 'db-webhook-target',
  rev: 2,
  title: 'Database webhooks go where this environment’s events belong, without a key in plain sight',
  why: 'A webhook copied from development sends production rows to another project, or to nobody; a key in a trigger’s arguments is readable by every role.',
  severity: 'blocker',
  source: 'CATALOGUE 2.4 db-webhook-target; Supabase docs, “Database Webhooks”',
  remedy:
    'Recreate the webhook with this environment’s address; keep the key in Vault and send it from a function of yours.',
  falseAlarms: 'In a development environment a local target is right. The public anon key in a header is no secret.',
  matrix: 'Monitoring',
  needs: ['triggers', 'declared'],
  uses: ['functions', 'cronJobs'],
  evaluate({ facts, environment }) {
    const hooks = facts.triggers.filter(
      (trigger) => trigger.functionSchema === 'supabase_functions' && trigger.function === 'http_request',
    );
    const findings = hooks.flatMap((trigger): FindingDraft[] => {
      const [url = '', , headers = ''] = triggerShape(trigger)?.arguments ?? [];
      const name = `${quoteIdent(trigger.name)} of ${qualified(trigger.schema, trigger.table)}`;
      const object = objectRef('trigger', trigger.schema, trigger.name, { table: trigger.table });
      const found: FindingDraft[] = [];
      const problem = environment.kind === 'development' ? null : problemOf(url, facts.declared.refs[environment.name]);
      if (problem) {
        found.push({
          object,
          message: `the target of the webhook ${name} ${problem.what}`,
          detail: problem.detail,
          fix: {
            command:
              'Dashboard → Integrations → Database Webhooks: set the address of this environment (and in the migration that made it).',
          },
          discriminator: 'target',
        });
      }
      if (/\[REDACTED:(?!anon-jwt|service-role-jwt:demo)/.test(headers)) {
        found.push({
          object,
          message: `the webhook ${name} carries a key in its arguments: every role that may read the catalogue can read and use it`,
          detail: 'pg_get_triggerdef shows the header; the redactor recognised a key in it.',
          fix: {
            command:
              'Rotate the key, put the new one into Vault, and call net.http_post from a function that reads it there.',
          },
          discriminator: 'key',
        });
      }
      return found;
    });
    const ref = facts.declared.refs[environment.name];
    /** What else sends requests: functions and jobs that call pg_net or http with a constant address. */
    const senders = [
      ...(facts.functions ?? [])
        .filter(isUsers)
        .map((fn) => ({ object: functionRef(fn), name: qualified(fn.schema, fn.name), tree: functionTree(fn).body })),
      ...(facts.cronJobs ?? [])
        .filter(({ active }) => active)
        .map((job) => ({
          object: objectRef('cron job', null, job.name),
          name: `the job ${job.name}`,
          tree: parseStatements(job.command),
        })),
    ].flatMap(({ tree, ...sender }) => {
      const urls = addressesIn(tree);
      return urls.length > 0 ? [{ ...sender, urls }] : [];
    });
    for (const { object, name, urls } of environment.kind === 'development' ? [] : senders) {
      const problem = urls.map((url) => problemOf(url, ref)).find((found) => found !== null);
      if (!problem) continue;
      findings.push({
        object,
        severity: 'high',
        message: `the address that ${name} sends to ${problem.what}`,
        detail: problem.detail,
        fix: {
          command:
            'Read the address from Vault or a settings table, so that each environment has its own, in a new migration.',
        },
        discriminator: 'target',
      });
    }
    return evaluated(hooks.length + senders.length, 'sender of web requests', findings, 'senders of web requests');
  },
});
