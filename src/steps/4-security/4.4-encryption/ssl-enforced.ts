import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';

export const sslEnforced = defineCheck({
  id: 'ssl-enforced',
  rev: 1,
  title: 'The database refuses connections without TLS',
  why: 'A client that does not ask for TLS sends its password and every row as plain text, and nobody notices.',
  severity: 'high',
  source: 'CATALOGUE 4.4 ssl-enforced; Supabase docs, “Postgres SSL Enforcement”; Management API, ssl-enforcement',
  remedy:
    'Turn SSL enforcement on: Database → Settings → SSL Configuration, or PUT ssl-enforcement. The database restarts.',
  falseAlarms: 'None known. Not applicable to a database that is not hosted by Supabase.',
  needs: ['platformSsl'],
  evaluate({ facts }) {
    const ssl = facts.platformSsl;
    if (ssl === null) return notApplicable('no hosted project stands behind this database');
    const object = objectRef('setting', null, 'ssl-enforcement');
    const fix = {
      command: `supabase ssl-enforcement update --project-ref ${ssl.ref} --enable-db-ssl-enforcement --experimental`,
      url: `https://supabase.com/dashboard/project/${ssl.ref}/database/settings`,
    };
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
