import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';

/** Variables that are for migrations and tools: a direct connection is right there. */
function isForMigrations(variable: string): boolean {
  return /DIRECT|MIGRAT|SHADOW|NON_POOLING|UNPOOLED|SESSION/i.test(variable);
}

export const serverlessDirect = defineCheck({
  id: 'serverless-direct',
  rev: 1,
  title: 'Functions connect through the pooler, in the way the pooler needs',
  why: 'Each serverless instance opens its own connections: with a direct address a launch exhausts them in minutes; prepared statements break on the transaction pooler.',
  severity: 'high',
  source: 'CATALOGUE 5.2 serverless-direct; Supabase docs, “Connect to your database”; Prisma docs, “Supabase”',
  remedy:
    'Use the pooler on port 6543 for the application (Prisma: pgbouncer=true; postgres.js: prepare: false) and a direct or session address for migrations.',
  falseAlarms:
    'Variables for migrations (DIRECT_URL, …_NON_POOLING) may be direct; local addresses are for development. A Prisma schema with one url is low where no address tells that it is pooled: a server that runs all the time may connect directly.',
  needs: ['repoProject', 'repoEnv'],
  uses: ['repoCode'],
  evaluate({ facts }) {
    const { serverless, orms, prismaSchema, dependencies } = facts.repoProject;
    const urls = facts.repoEnv.filter((row) => (row.host === 'direct' || row.host === 'pooler') && row.port !== null);
    const unprepared = facts.repoCode?.marks.filter(({ name }) => name === 'prepare-not-false') ?? [];
    const findings: FindingDraft[] = [];
    const application = urls.filter((row) => !isForMigrations(row.variable));
    const pooled = application.filter((row) => row.host === 'pooler' || row.port === 6543 || row.pgbouncer);
    for (const row of application) {
      const object = objectRef('file', null, row.path);
      const location = { file: row.path, line: row.line, column: 1 };
      if (serverless.length > 0 && row.host === 'direct' && row.port === 5432) {
        findings.push({
          object,
          message: `${row.variable} gives functions on ${serverless.join(', ')} the direct address: every instance opens its own connections, and a launch uses them all up`,
          detail: `Line ${row.line}: port 5432 of the database’s own host.`,
          fix: {
            command:
              'Use the transaction pooler’s address (port 6543) here, and keep the direct one as DIRECT_URL for migrations.',
          },
          location,
          discriminator: `direct ${row.variable}`,
        });
      }
      if (row.port === 6543 && orms.includes('prisma') && !row.pgbouncer) {
        findings.push({
          object,
          message: `${row.variable} uses the transaction pooler without pgbouncer=true: Prisma’s prepared statements fail there under load`,
          detail: `Line ${row.line}: port 6543, no pgbouncer=true.`,
          fix: { command: 'Append ?pgbouncer=true to the address.' },
          location,
          discriminator: `pgbouncer ${row.variable}`,
        });
      }
    }
    const onSupabase = urls.length > 0 || dependencies.some(({ name }) => name.startsWith('@supabase/'));
    if (prismaSchema && prismaSchema.directUrl === null && onSupabase) {
      const first = pooled[0];
      findings.push({
        object: objectRef('file', null, prismaSchema.path),
        severity: first ? 'medium' : 'low',
        message: first
          ? `${prismaSchema.path} has a pooled url but no directUrl: migrations run through the pooler, where they hang or fail`
          : `${prismaSchema.path} has one url for everything and no directUrl: with a pooled address migrations hang, with a direct one the application runs out of connections`,
        detail: first ? `${first.variable} in ${first.path} is pooled.` : 'The datasource names no directUrl.',
        fix: { command: 'Add directUrl = env("DIRECT_URL") to the datasource, and use the pooler’s address as url.' },
        location: { file: prismaSchema.path, line: prismaSchema.line, column: 1 },
        discriminator: 'directUrl',
      });
    }
    const transaction = application.some((row) => row.port === 6543);
    for (const mark of transaction ? unprepared : []) {
      findings.push({
        object: objectRef('file', null, mark.path),
        message: `${mark.path} uses prepared statements, which the transaction pooler does not keep: queries fail at random under load`,
        detail: `Line ${mark.line}: ${mark.detail}`,
        fix: { command: 'postgres(url, { prepare: false })' },
        location: { file: mark.path, line: mark.line, column: 1 },
        discriminator: 'prepare',
      });
    }
    const clients = dependencies.filter(({ name }) =>
      ['pg', 'postgres', '@prisma/client', 'drizzle-orm', 'kysely'].includes(name),
    );
    if (urls.length === 0 && prismaSchema === null && clients.length === 0) {
      return notApplicable('nothing in the repository connects to the database but the Data API');
    }
    return evaluated(
      urls.length + (prismaSchema ? 1 : 0) + (urls.length === 0 && !prismaSchema ? clients.length : 0),
      'database address or client',
      findings,
      'database addresses and clients',
    );
  },
});
