import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { isServerEntry } from '../entry-points.ts';

export const secretClientNoAuthn = defineCheck({
  id: 'secret-client-no-authn',
  rev: 1,
  title: 'Routes with the secret key know who asks',
  why: 'The secret key passes every policy: a route that uses it for anybody is a hole in all of them.',
  severity: 'blocker',
  source: 'CATALOGUE 6.3 secret-client-no-authn; OWASP API5:2023, Broken Function Level Authorization',
  remedy:
    'Verify the caller (getClaims, getUser, a signature or a shared secret) before the first query, or use the caller’s own client.',
  falseAlarms:
    'Judged for files that answer requests (route handlers, API pages, endpoints). Any check of a user, token, signature or secret in the file counts, whatever it does; a check in a middleware is not seen. Edge functions are judged by fn-verify-jwt.',
  needs: ['repoCode'],
  evaluate({ facts }) {
    const { calls, clients, marks } = facts.repoCode;
    const uses = new Map<string, number>();
    for (const { path, line, secretKey } of [...clients, ...calls]) {
      if (secretKey === true && isServerEntry(path)) uses.set(path, Math.min(line, uses.get(path) ?? line));
    }
    const checked = new Set(
      marks.flatMap(({ path, name }) =>
        ['user-check', 'stripe-webhook-verified', 'getSession-on-server'].includes(name) ? [path] : [],
      ),
    );
    // A Stripe webhook without its signature is the finding of webhook-signature.
    for (const { path, name } of marks) if (name === 'stripe-webhook-unverified') checked.add(path);
    const findings: FindingDraft[] = [...uses]
      .filter(([path]) => !checked.has(path))
      .map(([path, line]) => ({
        object: objectRef('file', null, path),
        message: `${path} uses the secret key and never asks who calls: anybody on the internet acts past every policy`,
        detail: 'The file answers requests, and holds no check of a user, token, signature or shared secret.',
        fix: { command: 'verify the caller before the first query, or use a client with the caller’s own session' },
        location: { file: path, line, column: 1 },
      }));
    return evaluated(uses.size, 'route with the secret key', findings, 'routes with the secret key');
  },
});
