import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';

const DOCS = 'https://supabase.com/docs/guides/platform/ssl-enforcement';
const ENFORCE = 'let pg_hba.conf hold hostssl lines alone for other machines (hosted: turn SSL enforcement on)';

function enforce(ref: string) {
  return {
    command: `supabase ssl-enforcement update --project-ref ${ref} --enable-db-ssl-enforcement --experimental`,
    url: `https://supabase.com/dashboard/project/${ref}/database/settings`,
  };
}

export const sslEnforced = defineCheck({
  id: 'ssl-enforced',
  rev: 2,
  title: 'The database refuses connections without TLS',
  why: 'A client that does not ask for TLS sends its password and every row as plain text, and nobody notices.',
  severity: 'high',
  source: 'CATALOGUE 4.4 ssl-enforced; Supabase docs, “Postgres SSL Enforcement”; Management API, ssl-enforcement',
  remedy:
    'Turn SSL enforcement on: Database → Settings → SSL Configuration, or PUT ssl-enforcement. The database restarts.',
  falseAlarms:
    'The server itself is asked: a start-up packet without TLS and without credentials, which it refuses or answers. Not applicable to a database on this machine.',
  needs: ['databaseTls'],
  uses: ['platformSsl'],
  evaluate({ facts }) {
    const { databaseTls: tried, platformSsl: ssl } = facts;
    if (tried === null && !ssl) return notApplicable('the database is on this machine: nothing goes over a wire');
    const object = objectRef('setting', null, 'ssl-enforcement');
    if (tried?.plain === 'credentials' || tried?.plain === 'open')
      return evaluated(1, 'setting', [
        {
          object,
          severity: tried.plain === 'open' ? 'blocker' : 'high',
          message:
            tried.plain === 'open'
              ? 'the database lets a connection in without TLS and without a password'
              : 'the database takes connections without TLS: passwords and rows can be read on their way',
          detail: `Tried: to a first packet without TLS the server answered ${tried.plain === 'open' ? 'that the caller is in' : 'with a request for credentials'}${ssl?.database ? ', although the Management API says that SSL is enforced' : ''}. Nothing more was sent.`,
          fix: ssl ? enforce(ssl.ref) : { command: ENFORCE, url: DOCS },
        },
      ]);
    if (!ssl)
      return tried?.plain === 'refused'
        ? evaluated(1, 'setting', [])
        : skipped(
            `whether the database refuses connections without TLS could not be told${tried?.plainState ? ` (it answered ${tried.plainState})` : ''}; set SUPABASE_ACCESS_TOKEN to ask the Management API`,
          );
    const fix = enforce(ssl.ref);
    if (!ssl.database)
      return evaluated(1, 'setting', [
        {
          object,
          message: 'the database takes connections without TLS: passwords and rows can be read on their way',
          detail: 'The Management API gives currentConfig.database = false.',
          fix,
        },
      ]);
    if (!ssl.applied)
      return evaluated(1, 'setting', [
        {
          object,
          severity: 'medium',
          message: 'SSL enforcement is asked for and not in force yet',
          detail: 'The Management API gives appliedSuccessfully = false.',
          fix,
          discriminator: 'not applied',
        },
      ]);
    return evaluated(1, 'setting', []);
  },
});
