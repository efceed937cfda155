import type { Found } from './detection.ts';

/* Mail addresses. Reserved domains: RFC 2606 and RFC 6761; disposable ones: services that say so themselves. */

const ADDRESS =
  /(?<![\w.+\-/:@%])([A-Za-z0-9](?:[\w.+'%-]{0,62}[\w+])?)@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6}([A-Za-z]{2,24}))(?![\w@-]|\.\w|:(?!\s)\S*\/)/g;

const RESERVED = /(?:^|\.)(?:example\.(?:com|net|org|edu)|test|example|invalid|localhost|local|internal)$/;
const FOR_TESTS =
  /^(?:test|tests|testing|foo|bar|foobar|asdf|fake|dummy|mail|email|domain|yourdomain|company|acme|sample|mailtest)\.(?:com|test|de|net|org|io|dev)$/;
const DISPOSABLE =
  /(?:^|\.)(?:mailinator\.com|yopmail\.(?:com|fr|net)|guerrillamail\.(?:com|net|org|biz|info)|sharklasers\.com|10minutemail\.(?:com|net)|temp-mail\.org|tempmail\.(?:com|dev)|trashmail\.(?:com|net)|getnada\.com|maildrop\.cc|dispostable\.com|throwawaymail\.com|mailnesia\.com|fakeinbox\.com|moakt\.(?:com|cc)|mohmal\.com)$/;

/** Ends that are file names (`logo@2x.png`, `user@host.local.sh`), not domains. */
const NOT_A_DOMAIN = new Set(
  'png jpg jpeg gif svg webp avif bmp tiff pdf css scss js jsx ts tsx mjs cjs json yaml yml xml html htm txt csv log sql zip gz tar mp3 mp4 mov woff ttf rb java php vue exe dll bin lock map'.split(
    ' ',
  ),
);

/** Whether an address is of nobody: a reserved, disposable or made-up domain. */
export function isTestAddress(local: string, domain: string): boolean {
  return RESERVED.test(domain) || FOR_TESTS.test(domain) || DISPOSABLE.test(domain) || /\+test/.test(local);
}

/** Reports addresses; those of reserved or disposable domains apart. Passwords in URLs and Git remotes are none. */
export function findEmail(text: string, found: Found): void {
  if (!text.includes('@')) return;
  for (const match of text.matchAll(ADDRESS)) {
    const [whole, local = '', domain = '', top = ''] = match;
    const lower = domain.toLowerCase();
    if (NOT_A_DOMAIN.has(top.toLowerCase()) || local.includes('..')) continue;
    // `ssh://git@host`, `https://key@ingest.host`: who logs in there, not where mail goes.
    if (
      text.slice(0, match.index).endsWith('//') ||
      (local === 'git' && text.charAt(match.index + whole.length) === ':')
    )
      continue;
    found(isTestAddress(local.toLowerCase(), lower) ? 'email-test' : 'email', match.index, match.index + whole.length);
  }
}
