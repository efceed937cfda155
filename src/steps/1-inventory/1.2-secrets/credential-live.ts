import { defineCheck, evaluated } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { quoteIdent } from '../../../core/text.ts';

const DAY = 86_400_000;

export const credentialLive = defineCheck({
  id: 'credential-live',
  rev: 1,
  title: 'The database credential answers, and will go on answering',
  why: 'A credential that does not work is found out during the incident in which it is needed.',
  severity: 'blocker',
  source: 'CATALOGUE 1.2 credential-live; PostgreSQL docs, ALTER ROLE … VALID UNTIL',
  remedy: 'Put the working credential where the configuration refers to, and renew it before it expires.',
  falseAlarms:
    'Speaks of the database credential alone; keys of the API and tokens are judged where they are used. One that does not answer leaves no facts, and the check is then an error.',
  needs: ['access', 'database'],
  uses: ['roles'],
  parameters: { days: 14 },
  evaluate({ facts, parameters, now }) {
    const { currentUser } = facts.access;
    const until = facts.roles?.find(({ name }) => name === currentUser)?.validUntil ?? null;
    const left = until === null ? Number.POSITIVE_INFINITY : Date.parse(until) - Date.parse(now);
    // `infinity` is no date.
    const ends = Number.isFinite(left) && left < parameters.days * DAY;
    return evaluated(
      1,
      `database credential, which answered as ${currentUser}`,
      ends
        ? [
            {
              object: objectRef('role', null, currentUser),
              message: `the password of ${currentUser} stops working within ${parameters.days} days: whatever logs in with it is locked out`,
              detail: `VALID UNTIL ${until}.`,
              fix: { sql: `alter role ${quoteIdent(currentUser)} valid until 'infinity'` },
            },
          ]
        : [],
    );
  },
});
