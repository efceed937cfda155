import type { Severity } from '../../../../core/severity.ts';
import { authCheck } from '../../../lib/auth-settings.ts';

const LOCAL = /^(https?:\/\/)?(localhost|127\.0\.0\.1|\[::1\]|10\.0\.2\.2)([:/]|$)/i;
const HOST = /^https?:\/\/([^/?#]*)/i;

/** What is wrong with an address that tokens are sent to; null when nothing is. Schemes of mobile apps are taken as meant. */
function wrongWith(url: string): string | null {
  if (LOCAL.test(url)) return 'is on the machine of whoever clicks';
  if (/^http:/i.test(url)) return 'is not encrypted';
  const host = HOST.exec(url)?.[1];
  if (/^\*+($|:\/\/|\/)/.test(url) || host?.includes('*')) return 'lets the sender of a link choose the host';
  return null;
}

export const authUrls = authCheck({
  id: 'auth-urls',
  title: 'Sign-in links lead to the application, and nowhere else',
  why: 'The links in mails and the tokens after a sign-in go to these addresses: to localhost nobody gets in, and to a host with a wildcard somebody else may.',
  severity: 'blocker',
  source: 'Supabase docs, “Redirect URLs”',
  remedy: 'Set the Site URL to the address of the application, and list each host that may receive a sign-in.',
  falseAlarms:
    'A wildcard in the path of a host of yours, and the scheme of a mobile app, are no finding. Preview deployments with a host of their own each need a project of their own, not a wildcard in production.',
  page: 'auth/url-configuration',
  rules: () => [
    {
      field: 'site_url',
      judge(value) {
        const url = String(value ?? '').trim();
        const wrong = url === '' ? 'is not set' : wrongWith(url);
        if (wrong === null) return null;
        return {
          severity: 'blocker',
          message: `the Site URL ${wrong}: links in mails lead there`,
          to: 'set it to the https address of the application',
        };
      },
    },
    {
      field: 'uri_allow_list',
      judge(value) {
        const wrong = String(value ?? '')
          .split(',')
          .map((url) => url.trim())
          .filter((url) => url !== '')
          .flatMap((url) => {
            const why = wrongWith(url);
            return why === null ? [] : [`${url} ${why}`];
          });
        if (wrong.length === 0) return null;
        const severity: Severity = 'high';
        return {
          severity,
          message: `tokens of a sign-in may be sent to ${wrong.length === 1 ? 'an address that nobody owns' : `${wrong.length} addresses that nobody owns`}: ${wrong.slice(0, 3).join('; ')}`,
          to: 'name the hosts, each with https',
        };
      },
    },
  ],
});
