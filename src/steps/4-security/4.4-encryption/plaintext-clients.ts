import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';

export const plaintextClients = defineCheck({
  id: 'plaintext-clients',
  rev: 1,
  title: 'No client from another machine is connected without TLS',
  why: 'A connection in the clear shows its password and every row to whoever sits on the way.',
  severity: 'high',
  source: 'PostgreSQL, pg_stat_ssl; Supabase, Postgres SSL Enforcement',
  remedy:
    'Find the client (pg_stat_ssl joined with pg_stat_activity), give it sslmode=require or better, then enforce TLS for the project.',
  falseAlarms: 'Connections from the machine itself (loopback, Unix socket) are not counted.',
  needs: ['activity', 'database'],
  evaluate({ facts }) {
    const { remoteWithoutTls, connections } = facts.activity;
    if (remoteWithoutTls === null)
      return skipped('pg_stat_ssl may not be read by this role; connect as postgres or grant pg_monitor');
    const findings =
      remoteWithoutTls === 0
        ? []
        : [
            {
              object: objectRef('database', null, facts.database.name),
              message: `${counted(remoteWithoutTls, 'client')} from another machine ${remoteWithoutTls === 1 ? 'is' : 'are'} connected without TLS: passwords and rows cross the network in the clear`,
              detail: `pg_stat_ssl.ssl is false for ${remoteWithoutTls} of ${connections} connections`,
              fix: {
                command: 'supabase ssl-enforcement update --enable-db-ssl-enforcement',
                url: 'https://supabase.com/docs/guides/platform/ssl-enforcement',
              },
            },
          ];
    return evaluated(connections, 'connection', findings);
  },
});
