import type { Found } from './detection.ts';

/* Mail addresses. Reserved domains: RFC 2606 and RFC 6761; disposable ones: services that say so themselves. */

const ADDRESS =
  /(?<![\w.+\-/:@%])([A-Za-z0-9](?:[\w.+'%-]{0,62}[\w+])?)@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6}([A-Za-z]{2,24}))(?![\w@-]|\.\w|:(?!\s)\S*\/)/g;

/** Reserved domains and disposable ones, and whatever ends in one of them after a dot. */
const OF_NOBODY = new Set(
  'example.com example.net example.org example.edu test example invalid localhost local internal mailinator.com yopmail.com yopmail.fr yopmail.net guerrillamail.com guerrillamail.net guerrillamail.org guerrillamail.biz guerrillamail.info sharklasers.com 10minutemail.com 10minutemail.net temp-mail.org tempmail.com tempmail.dev trashmail.com trashmail.net getnada.com maildrop.cc dispostable.com throwawaymail.com mailnesia.com fakeinbox.com moakt.com moakt.cc mohmal.com'.split(
    ' ',
  ),
);
/** Domains that developers make up. */
const MADE_UP = new Set(
  'test tests testing foo bar foobar asdf fake dummy mail email domain yourdomain company acme sample mailtest'
    .split(' ')
    .flatMap((name) => ['com', 'test', 'de', 'net', 'org', 'io', 'dev'].map((top) => `${name}.${top}`)),
);

/** Ends that are file names (`logo@2x.png`, `user@host.local.sh`), not domains. */
const NOT_A_DOMAIN = new Set(
  'png jpg jpeg gif svg webp avif bmp tiff pdf css scss js jsx ts tsx mjs cjs json yaml yml xml html htm txt csv log sql zip gz tar mp3 mp4 mov woff ttf rb java php vue exe dll bin lock map'.split(
    ' ',
  ),
);

/** Whether an address is of nobody: a reserved, disposable or made-up domain. */
export function isTestAddress(local: string, domain: string): boolean {
  if (MADE_UP.has(domain) || local.includes('+test')) return true;
  for (let from = 0; ; ) {
    if (OF_NOBODY.has(domain.slice(from))) return true;
    const dot = domain.indexOf('.', from);
    if (dot === -1) return false;
    from = dot + 1;
  }
}

/** Reports addresses; those of reserved or disposable domains apart. Passwords in URLs and Git remotes are none. */
export function findEmail(text: string, found: Found): void {
  if (!text.includes('@')) return;
  ADDRESS.lastIndex = 0;
  for (let match = ADDRESS.exec(text); match !== null; match = ADDRESS.exec(text)) {
    const [whole, local = '', domain = '', top = ''] = match;
    const lower = domain.toLowerCase();
    if (NOT_A_DOMAIN.has(top.toLowerCase()) || local.includes('..')) continue;
    // `ssh://git@host`, `https://key@ingest.host`: who logs in there, not where mail goes.
    if (text.startsWith('//', match.index - 2) || (local === 'git' && text.charAt(match.index + whole.length) === ':'))
      continue;
    found(isTestAddress(local.toLowerCase(), lower) ? 'email-test' : 'email', match.index, match.index + whole.length);
  }
}
