import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';
import { daysLeft } from '../../lib/certificate.ts';
import { listed } from '../../lib/refs.ts';

type Edge = NonNullable<Facts['httpsEdge']>[number];

function certificateFinding(certificate: NonNullable<Edge['https']>['certificate'], minDays: number, now: string) {
  const left = daysLeft(certificate, now);
  const shown = `Issued to ${certificate.subject} by ${certificate.issuer}, valid until ${certificate.validTo.slice(0, 10)}.`;
  if (left < 0)
    return { severity: 'high', message: 'shows a certificate that has run out: browsers refuse it', shown } as const;
  if (!certificate.hostMatches)
    return { severity: 'high', message: 'shows a certificate for another host: browsers refuse it', shown } as const;
  if (certificate.trust !== 'public' && certificate.trust !== 'named')
    return {
      severity: 'high',
      message: `shows a certificate that browsers do not trust (${certificate.problem ?? certificate.trust})`,
      shown,
    } as const;
  if (left < minDays)
    return {
      severity: 'medium',
      message: `shows a certificate that runs out in ${counted(left, 'day')}`,
      shown,
    } as const;
  return null;
}

function findingsOf({ origin, https, http }: Edge, minDays: number, now: string): FindingDraft[] {
  if (https === null) return [];
  const object = objectRef('setting', null, origin);
  const findings: FindingDraft[] = [];
  const certificate = certificateFinding(https.certificate, minDays, now);
  if (certificate)
    findings.push({
      object,
      severity: certificate.severity,
      message: `${origin} ${certificate.message}`,
      detail: certificate.shown,
      fix: { command: 'let the host renew it by itself (ACME), and watch its end date' },
      discriminator: 'certificate',
    });
  if (!https.hsts)
    findings.push({
      object,
      message: `${origin} does not say that it is to be reached over https alone: a first visit over http can be taken over`,
      detail: https.hsts === 0 ? 'Strict-Transport-Security has max-age=0.' : 'No Strict-Transport-Security header.',
      fix: {
        command: 'send Strict-Transport-Security: max-age=31536000; includeSubDomains',
        url: 'https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Strict-Transport-Security',
      },
      discriminator: 'hsts',
    });
  if (http === 'serves' || http === 'elsewhere')
    findings.push({
      object,
      message: `http:// at the host of ${origin} ${http === 'serves' ? 'serves pages in the clear' : 'leads somewhere else than to https'}: sessions and passwords can be read there`,
      detail: 'Asked for / on port 80.',
      fix: { command: 'answer http:// with a permanent redirect to https://' },
      discriminator: 'http',
    });
  return findings;
}

export const httpsEdge = defineCheck({
  id: 'https-edge',
  rev: 1,
  title: 'The application is reached over https alone, with a certificate that lasts',
  why: 'Sign-in links and sessions go through this address: in the clear anybody on the way can take them, and with a certificate that ran out nobody gets in.',
  severity: 'medium',
  source: 'CATALOGUE 4.4 https-edge; RFC 6797 (HSTS); OWASP, Transport Layer Security Cheat Sheet',
  remedy: 'Renew the certificate automatically, redirect http to https, and send Strict-Transport-Security.',
  falseAlarms:
    'Only declared.urls and the Site URL of the Auth server are asked, one GET of / each. A host that answers nothing on port 80 is right.',
  parameters: { minDays: 21 },
  needs: ['httpsEdge'],
  evaluate({ facts, parameters, now }) {
    const { httpsEdge: edges } = facts;
    if (edges === null) return notApplicable('the database is ours: nothing is deployed');
    if (edges.length === 0)
      return skipped(
        'no address of the application is known; write "declared": {"urls": ["https://…"]} into supaready.config.json',
      );
    const findings = edges.flatMap((edge) => findingsOf(edge, parameters.minDays, now));
    const silent = edges.filter(({ https }) => https === null);
    if (findings.length === 0 && silent.length > 0)
      return skipped(
        `nothing answered over https at ${listed(silent.map(({ origin, reason }) => `${origin} (${reason ?? 'no reason given'})`))}`,
      );
    return evaluated(edges.length, 'address', findings, 'addresses');
  },
});
