import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';

export const serverSession = defineCheck({
  id: 'server-session',
  rev: 1,
  title: 'Servers verify who calls',
  why: 'getSession() on a server believes the cookie as it comes: whoever forges it is whoever they like.',
  severity: 'high',
  source: 'CATALOGUE 6.1 server-session; Supabase docs, “Setting up Server-Side Auth”',
  remedy:
    'Decide by getClaims() or getUser(), which verify the token; replace the auth-helpers packages by @supabase/ssr.',
  falseAlarms: 'A function that also calls getClaims() or getUser() is left out.',
  needs: ['repoCode'],
  evaluate({ facts }) {
    const findings: FindingDraft[] = [];
    const seen = new Set<string>();
    for (const { path, line, name, detail } of facts.repoCode.marks) {
      if (name !== 'getSession-on-server' && name !== 'auth-helpers-import') continue;
      if (seen.has(`${name} ${path}`)) continue;
      seen.add(`${name} ${path}`);
      const location = { file: path, line, column: 1 };
      findings.push(
        name === 'getSession-on-server'
          ? {
              object: objectRef('file', null, path),
              message: `${path} decides on the server by getSession(), which does not verify the token: a forged cookie passes`,
              detail: `${detail} without getClaims() or getUser() in the same function.`,
              fix: { command: 'use supabase.auth.getClaims() (or getUser()) where it decides' },
              location,
              discriminator: name,
            }
          : {
              object: objectRef('file', null, path),
              severity: 'medium',
              message: `${path} uses ${detail}, which is no longer maintained: its session handling gets no more fixes`,
              detail: 'The auth-helpers packages are deprecated in favour of @supabase/ssr.',
              fix: { command: 'move to @supabase/ssr' },
              location,
              discriminator: name,
            },
      );
    }
    return evaluated(facts.repoCode.filesParsed, 'source file', findings);
  },
});
