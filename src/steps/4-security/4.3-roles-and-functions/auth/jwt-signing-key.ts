import { defineCheck, evaluated, notApplicable } from '../../../../core/check.ts';
import type { FindingDraft } from '../../../../core/finding.ts';
import { objectRef } from '../../../../core/object.ts';

const DAY_MS = 86_400_000;

export const jwtSigningKey = defineCheck({
  id: 'jwt-signing-key',
  rev: 1,
  title: 'Tokens are signed with a key that nobody else holds',
  why: 'With HS256 whoever can check a token can also make one: the secret stands in every server that checks them.',
  severity: 'medium',
  source: 'CATALOGUE 4.3 jwt-signing-key; Supabase docs, “JWT Signing Keys”; Management API, config/auth/signing-keys',
  remedy: 'Make an asymmetric key (ES256), rotate to it, and revoke the old one once its tokens have ended.',
  falseAlarms: 'An old key stays valid for the tokens it signed: it is a finding only after 30 days.',
  needs: ['platformSigningKeys'],
  parameters: { daysOfOldKey: 30 },
  evaluate({ facts, parameters, now }) {
    const known = facts.platformSigningKeys;
    if (known === null) return notApplicable('no hosted project stands behind this database');
    const fix = {
      command: 'Settings → JWT Keys: create a standby key (ES256), rotate to it, revoke the old one.',
      url: `https://supabase.com/dashboard/project/${known.ref}/settings/jwt`,
    };
    const findings: FindingDraft[] = [];
    const inUse = known.keys.filter(({ status }) => status === 'in_use');
    // A project from before signing keys has none: its tokens are signed with the legacy secret.
    if (inUse.length === 0 || inUse.some(({ algorithm }) => algorithm === 'HS256'))
      findings.push({
        object: objectRef('setting', null, 'signing keys'),
        message: 'tokens are signed with a shared secret (HS256): every server that checks them can make them',
        detail:
          inUse.length === 0
            ? 'The Management API gives no signing key in use.'
            : 'The Management API gives a key in use with the algorithm HS256.',
        fix,
        discriminator: 'hs256',
      });
    for (const { id, status, updatedAt } of known.keys) {
      const days = Math.floor((Date.parse(now) - Date.parse(updatedAt)) / DAY_MS);
      if (status !== 'previously_used' || !(days > parameters.daysOfOldKey)) continue;
      findings.push({
        object: objectRef('setting', null, `signing key ${id}`),
        severity: 'low',
        message: `a key that was rotated away ${days} days ago still makes tokens valid`,
        detail: 'The Management API gives it as previously_used.',
        fix,
      });
    }
    return evaluated(known.keys.length, 'signing key', findings);
  },
});
