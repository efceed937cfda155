import type { CheckFixture } from '../fixture.ts';

/** Assembled here, so that no scanner takes the fixture for a leak. */
function jwt(claims: Record<string, string>): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${'c2lnbmF0dXJlLW9mLWEtZml4dHVyZQ'}`;
}

const REF = 'abcdefghijklmnopqrst';
const anon = jwt({ iss: 'supabase', ref: REF, role: 'anon' });
const service = jwt({ iss: 'supabase', ref: REF, role: 'service_role' });
const foreign = jwt({ iss: 'supabase', ref: 'bcdefghijklmnopqrstu', role: 'anon' });
const demo = jwt({ iss: 'supabase-demo', role: 'service_role' });

const env = (lines: Record<string, string>) =>
  Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

export default {
  check: 'key-env-mismatch',
  silent: '',
  defect: '',
  repo: {
    silent: {
      '.env.production': env({
        SUPABASE_URL: `https://${REF}.supabase.co`,
        SUPABASE_ANON_KEY: anon,
        SUPABASE_SERVICE_ROLE_KEY: service,
        STAGING_SUPABASE_ANON_KEY: foreign,
      }),
      '.env.local': env({ SUPABASE_URL: 'http://127.0.0.1:54321', SUPABASE_ANON_KEY: demo }),
    },
    defect: {
      '.env.production': env({
        SUPABASE_URL: `https://${REF}.supabase.co`,
        NEXT_PUBLIC_SUPABASE_ANON_KEY: service,
        SUPABASE_PUBLISHABLE_KEY: foreign,
      }),
    },
    fixed: {
      '.env.production': env({ SUPABASE_URL: `https://${REF}.supabase.co`, NEXT_PUBLIC_SUPABASE_ANON_KEY: anon }),
    },
  },
  expect: [
    { object: 'file .env.production', severity: 'blocker' },
    { object: 'file .env.production', severity: 'blocker' },
  ],
  repair: '',
} satisfies CheckFixture;
