import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted, quoteIdent } from '../../../core/text.ts';

export const accessRecorded = defineCheck({
  id: 'access-recorded',
  rev: 1,
  title: 'The audit connects as a role that only reads',
  why: 'Every run of an audit with a role that may write is a chance to write; a leaked credential of it is worse.',
  severity: 'medium',
  source: 'CATALOGUE 1.3 access-recorded',
  remedy: 'Create a role with SELECT on the catalogue and pg_read_all_data at most, and connect as that.',
  falseAlarms: 'A database of ours (demo, replay) is not judged: nobody else’s data is in it.',
  needs: ['access', 'database'],
  evaluate({ facts }) {
    const { currentUser, superuser, writableTables, tls, local, path } = facts.access;
    const findings: FindingDraft[] = [];
    const how = `Connected as ${currentUser} (${path}, ${tls ? tls.version : local ? 'local, no TLS' : 'no TLS'}) to PostgreSQL ${facts.database.serverVersion}.`;
    const reader = {
      sql: [
        'create role supaready login',
        'grant pg_monitor to supaready',
        `grant connect on database ${quoteIdent(facts.database.name)} to supaready`,
      ].join(';\n'),
    };
    if (path !== 'embedded' && (superuser || writableTables > 0)) {
      findings.push({
        object: objectRef('role', null, currentUser),
        message: superuser
          ? `the audit connects as superuser ${currentUser}: nothing but its own care keeps it from writing`
          : `the audit connects as ${currentUser}, which may write to ${counted(writableTables, 'table')}`,
        detail: how,
        fix: reader,
      });
    }
    if (!local && tls === null) {
      findings.push({
        object: objectRef('role', null, currentUser),
        message:
          'the audit’s connection crosses the network unencrypted: whoever is on the way reads the password and the data',
        detail: how,
        fix: {
          command: 'add sslmode=require (better verify-full with the project’s certificate) to the connection string',
        },
        discriminator: 'tls',
      });
    }
    return evaluated(1, `connection as ${currentUser}`, findings);
  },
});
