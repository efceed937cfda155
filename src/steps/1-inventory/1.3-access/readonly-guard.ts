import { defineCheck, evaluated } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';

export const readonlyGuard = defineCheck({
  id: 'readonly-guard',
  rev: 1,
  title: 'The audit’s own session refuses to write',
  why: 'A read-only promise that the server does not enforce is only a promise.',
  severity: 'blocker',
  source: 'CATALOGUE 1.3 readonly-guard; PostgreSQL docs, SET TRANSACTION READ ONLY',
  remedy:
    'Find out what sits between the audit and the server: a proxy that drops default_transaction_read_only must not be used.',
  needs: ['access'],
  evaluate({ facts }) {
    const { readOnlyGuard, currentUser } = facts.access;
    return evaluated(
      1,
      'attempt to create a table',
      readOnlyGuard === 'refused'
        ? []
        : [
            {
              object: objectRef('role', null, currentUser),
              message:
                'the server let the audit’s read-only session create a table: nothing keeps this session from writing',
              detail: 'A table was created in a transaction of our own and rolled back.',
              fix: { command: 'connect directly, without the proxy in between, and run the audit again' },
            },
          ],
      'attempts to create a table',
    );
  },
});
