import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import { columnRef } from '../../lib/tables.ts';
import { columnName, columnsLookedAt, foundColumns, outOf, type SampledColumn } from '../samples.ts';

interface Kind {
  /** In the plural, as in “holds …”. */
  words: string;
  severity: Severity;
}

/** What each rule of core/redact.ts finds; rules that stand here with no name are public or too uncertain for a finding. */
const KINDS: Readonly<Record<string, Kind>> = {
  'private-key': { words: 'private keys', severity: 'blocker' },
  'service-role-jwt': { words: 'service_role keys of a Supabase project', severity: 'blocker' },
  'supabase-secret-key': { words: 'secret keys of a Supabase project', severity: 'blocker' },
  'supabase-access-token': { words: 'access tokens of a Supabase account', severity: 'blocker' },
  'postgres-url': { words: 'connection strings with their password', severity: 'blocker' },
  'url-password': { words: 'addresses with a password in them', severity: 'high' },
  'stripe-secret-key': { words: 'Stripe secret keys', severity: 'blocker' },
  'stripe-webhook-secret': { words: 'Stripe webhook secrets', severity: 'blocker' },
  'stripe-test-key': { words: 'Stripe test keys', severity: 'medium' },
  'aws-access-key': { words: 'AWS access keys', severity: 'blocker' },
  'github-token': { words: 'GitHub tokens', severity: 'blocker' },
  'slack-token': { words: 'Slack tokens', severity: 'blocker' },
  'slack-webhook': { words: 'Slack webhook addresses', severity: 'medium' },
  'discord-webhook': { words: 'Discord webhook addresses', severity: 'medium' },
  'google-api-key': { words: 'Google API keys', severity: 'high' },
  'openai-key': { words: 'keys of an AI provider', severity: 'blocker' },
  'sendgrid-key': { words: 'SendGrid keys', severity: 'blocker' },
  'npm-token': { words: 'npm tokens', severity: 'blocker' },
  'resend-key': { words: 'Resend keys', severity: 'blocker' },
  'twilio-key': { words: 'Twilio keys', severity: 'high' },
  jwt: { words: 'signed tokens (JWT)', severity: 'medium' },
  bearer: { words: 'bearer tokens', severity: 'medium' },
  'basic-auth': { words: 'user names with passwords (Basic)', severity: 'medium' },
  password: { words: 'passwords written out', severity: 'low' },
  credential: { words: 'what looks like keys written out', severity: 'low' },
};

function draftsOf(column: SampledColumn): FindingDraft[] {
  const object = columnRef(column.schema, column.table, column.column);
  return Object.entries(column.counts).flatMap(([detector, count]): FindingDraft[] => {
    const rule = detector.startsWith('secret:') ? detector.slice(7) : '';
    const kind = KINDS[rule];
    if (!kind) return [];
    return [
      {
        object,
        severity: kind.severity,
        message: `${columnName(column)} holds ${kind.words}: whoever reads the table, a backup or a replica has them`,
        detail: `${outOf(count, column)} match the format (${rule}).`,
        fix: {
          command:
            'Revoke them where they were issued, put the new ones into Vault (select vault.create_secret(…)) or the function’s secrets, and erase the column.',
          url: 'https://supabase.com/docs/guides/database/vault',
        },
        discriminator: rule,
      },
    ];
  });
}

export const secretInColumn = defineCheck({
  id: 'secret-in-column',
  rev: 1,
  title: 'No key or token stands in a table',
  why: 'A key in a row is in every backup, every replica and every export, and in reach of whoever finds one hole in a policy.',
  severity: 'blocker',
  source: 'CATALOGUE 3.2 secret-in-column; formats as their issuers document them',
  remedy: 'Revoke the key, keep its successor in Supabase Vault or in the secrets of the edge function, erase the row.',
  falseAlarms:
    'Formats are confirmed beyond their prefix (a JWT must decode; slugs that begin with sk- are no keys). Anon keys, publishable keys and the demo keys of a local Supabase are public. Password hashes (bcrypt, Argon2, scrypt) are as they should be.',
  matrix: 'Seed',
  needs: ['columnSamples'],
  evaluate({ facts }) {
    const findings = foundColumns(facts.columnSamples).flatMap(draftsOf);
    return evaluated(columnsLookedAt(facts.columnSamples), 'column', findings);
  },
});
