import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';

const TLS_MARKS: Readonly<Record<string, string>> = {
  'tls-verification-off': 'does not verify the server’s certificate (rejectUnauthorized: false)',
  'sslmode-disable': 'connects with sslmode=disable',
  'node-tls-reject-unauthorized':
    'switches certificate checks off for the whole process (NODE_TLS_REJECT_UNAUTHORIZED=0)',
};

export const clientTls = defineCheck({
  id: 'client-tls',
  rev: 2,
  title: 'The application speaks TLS to the database and checks whom it speaks to',
  why: 'Without TLS, or with its check switched off, whoever sits on the way reads the password and every row.',
  severity: 'high',
  source: 'PostgreSQL, libpq SSL Support; Supabase, Postgres SSL Enforcement',
  remedy: 'Use sslmode=verify-full with Supabase’s root certificate, and drop rejectUnauthorized: false.',
  falseAlarms: 'Addresses of the local development stack (localhost) are not judged.',
  needs: ['repoCode'],
  uses: ['repoEnv'],
  evaluate({ facts }) {
    const findings: FindingDraft[] = [];
    for (const mark of facts.repoCode.marks) {
      const what = TLS_MARKS[mark.name];
      if (what === undefined) continue;
      findings.push({
        object: objectRef('file', null, mark.path),
        discriminator: mark.name,
        message: `${mark.path}:${mark.line} ${what}: whoever sits on the way can read and change what goes to the database`,
        detail: mark.detail,
        fix: {
          command: 'remove it, and give the root certificate (ssl: { ca })',
          url: 'https://supabase.com/docs/guides/platform/ssl-enforcement',
        },
        location: { file: mark.path, line: mark.line, column: 1 },
      });
    }
    for (const { path, line, variable } of (facts.repoEnv ?? []).filter(({ tlsUnchecked }) => tlsUnchecked)) {
      // What only a developer's machine loads does not reach production.
      if (/\.(development|dev|local|test)(\.|$)/.test(path)) continue;
      findings.push({
        object: objectRef('file', null, path),
        discriminator: variable,
        message: `${path}:${line} ${TLS_MARKS['node-tls-reject-unauthorized']}: whoever sits on the way can read and change what goes to the database`,
        detail: `${variable}=0`,
        fix: { command: 'remove it, and give the root certificate (NODE_EXTRA_CA_CERTS)' },
        location: { file: path, line, column: 1 },
      });
    }
    for (const entry of facts.repoEnv ?? []) {
      if (entry.sslmode !== 'disable' || entry.host === 'local') continue;
      findings.push({
        object: objectRef('file', null, entry.path),
        discriminator: `sslmode:${entry.variable}`,
        message: `${entry.variable} in ${entry.path} has sslmode=disable: password and rows cross the network in the clear`,
        detail: `line ${entry.line}`,
        fix: { command: 'sslmode=verify-full', url: 'https://supabase.com/docs/guides/platform/ssl-enforcement' },
        location: { file: entry.path, line: entry.line, column: 1 },
      });
    }
    return evaluated(
      facts.repoCode.filesParsed + (facts.repoEnv?.length ?? 0),
      'source file or variable',
      findings,
      'source files and variables',
    );
  },
});
