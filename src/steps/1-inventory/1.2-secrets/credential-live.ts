import { defineCheck, evaluated } from '../../../core/check.ts';

export const credentialLive = defineCheck({
  id: 'credential-live',
  rev: 1,
  title: 'The database credential answers',
  why: 'A credential that does not work is found out during the incident in which it is needed.',
  severity: 'blocker',
  source: 'CATALOGUE 1.2 credential-live',
  remedy: 'Put the working credential where the configuration refers to.',
  falseAlarms: 'Speaks of the database credential alone; keys of the API and tokens are judged where they are used.',
  needs: ['access', 'database'],
  evaluate() {
    // Both facts came over the connection: without an answer there would be none, and the check an error.
    return evaluated(1, 'database credential that answered', [], 'database credentials that answered');
  },
});
