import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { API_ROLES, holds, relationNamed, schemaUsage } from '../../lib/exposure.ts';
import { listed, whoOf } from '../../lib/refs.ts';

export const cronVaultAccess = defineCheck({
  id: 'cron-vault-access',
  rev: 1,
  title: 'API roles reach neither the job scheduler nor the vault',
  why: 'Whoever may look into cron schedules SQL of their own; whoever may select vault.decrypted_secrets reads every secret in the clear.',
  severity: 'blocker',
  source: 'pg_cron README (cron.schedule runs as the caller); Supabase, Vault: protect vault.decrypted_secrets',
  remedy: 'Revoke USAGE on schema cron, and SELECT on the vault’s view, from anon, authenticated and PUBLIC.',
  falseAlarms: 'Column grants count; USAGE on schema vault alone gives nothing and is silent.',
  needs: ['roles', 'schemas', 'relations', 'columns'],
  evaluate({ facts }) {
    const hasCron = facts.schemas.some((schema) => schema.name === 'cron');
    const secrets = relationNamed(facts, 'vault', 'decrypted_secrets');
    if (!hasCron && !secrets) return notApplicable('neither pg_cron nor Vault is installed');
    const findings: FindingDraft[] = [];
    const schedulers = hasCron ? API_ROLES.filter((role) => schemaUsage(facts, role, 'cron')) : [];
    if (schedulers.length > 0) {
      findings.push({
        object: objectRef('schema', null, 'cron'),
        severity: 'high',
        message: `${whoOf(schedulers)} has USAGE on schema cron: any function that runs their SQL lets them schedule and read jobs`,
        detail: `nspacl of cron gives USAGE to ${listed(schedulers)} or PUBLIC`,
        fix: {
          sql: 'revoke usage on schema cron from public, anon, authenticated;',
          url: 'https://supabase.com/docs/guides/cron',
        },
      });
    }
    const readers = secrets ? API_ROLES.filter((role) => holds(facts, role, secrets, 'select')) : [];
    if (readers.length > 0) {
      const through = readers.some((role) => schemaUsage(facts, role, 'vault'))
        ? ''
        : ' (only the missing USAGE on schema vault stops them today)';
      findings.push({
        object: objectRef('view', 'vault', 'decrypted_secrets'),
        severity: 'blocker',
        message: `${whoOf(readers)} holds SELECT on vault.decrypted_secrets: every secret of the project in the clear${through}`,
        detail: `SELECT held by ${listed(readers)}`,
        fix: {
          sql: 'revoke select on vault.decrypted_secrets from public, anon, authenticated;',
          url: 'https://supabase.com/docs/guides/database/vault',
        },
      });
    }
    return evaluated((hasCron ? 1 : 0) + (secrets ? 1 : 0), 'service', findings);
  },
});
