import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';
import { daysLeft } from '../../lib/certificate.ts';

const DOCS = 'https://supabase.com/docs/guides/platform/ssl-enforcement';
const OBJECT = objectRef('setting', null, 'database certificate');

export const dbCertificate = defineCheck({
  id: 'db-certificate',
  rev: 1,
  title: 'The database shows a certificate that clients can verify',
  why: 'Encryption without knowing the other side keeps no secret from somebody in between; a certificate that runs out cuts every client off that does verify it.',
  severity: 'medium',
  source:
    'Issue C 7; PostgreSQL docs, “SSL Support: Protection Provided in Different Modes”; Supabase docs, “Postgres SSL Enforcement”',
  remedy:
    'Renew the certificate before it runs out, and give clients sslmode=verify-full with the root certificate of its authority (Supabase: Database → Settings → SSL Configuration).',
  falseAlarms:
    'Supabase signs with an authority of its own, known by its root’s fingerprint; one named by sslrootcert of the connection string counts as well. Any other private authority is low: it may well be yours.',
  parameters: { minDays: 21 },
  needs: ['databaseTls'],
  evaluate({ facts, parameters, now }) {
    const { databaseTls } = facts;
    if (databaseTls === null) return notApplicable('the database is on this machine: nothing goes over a wire');
    if (databaseTls.tls === null) return skipped('the server speaks no TLS, so it shows no certificate (ssl-enforced)');
    const { certificate } = databaseTls.tls;
    const left = daysLeft(certificate, now);
    const findings: FindingDraft[] = [];
    const add = (finding: Omit<FindingDraft, 'object'>) => findings.push({ object: OBJECT, ...finding });
    const shown = `Issued to ${certificate.subject} by ${certificate.issuer}, valid until ${certificate.validTo.slice(0, 10)}.`;
    if (left < parameters.minDays)
      add({
        severity: left < 0 ? 'high' : 'medium',
        message:
          left < 0
            ? 'the database’s certificate has run out: clients that verify it no longer get in, and others cannot tell who answers'
            : `the database’s certificate runs out in ${counted(left, 'day')}: clients that verify it are then cut off`,
        detail: shown,
        fix: { command: 'renew it; a hosted project gets a new one by a restart (Settings → General)', url: DOCS },
        discriminator: 'expiry',
      });
    if (!certificate.hostMatches)
      add({
        message: 'the database’s certificate names another host: clients with sslmode=verify-full do not get in',
        detail: shown,
        fix: { command: 'connect by the host name the certificate is for, or have it issued for this one', url: DOCS },
        discriminator: 'host',
      });
    if (left >= 0 && (certificate.trust === 'self-signed' || certificate.trust === 'private'))
      add({
        severity: certificate.trust === 'self-signed' ? 'medium' : 'low',
        message:
          certificate.trust === 'self-signed'
            ? 'the database’s certificate is signed by nobody: no client can tell it from one that somebody in between made'
            : `the database’s certificate is signed by a private authority (${certificate.issuer}): only clients that were given its root can verify it`,
        detail: `${shown} ${certificate.problem ?? ''}`.trim(),
        fix: {
          command:
            certificate.trust === 'self-signed'
              ? 'have it signed by an authority, and give clients its root (sslrootcert)'
              : 'add sslmode=verify-full&sslrootcert=FILE to the connection strings, ours included, and run it again',
          url: DOCS,
        },
        discriminator: 'trust',
      });
    return evaluated(1, 'certificate', findings);
  },
});
