import type { CheckFixture } from '../fixture.ts';

/** Assembled here, so that no scanner takes the fixture for a leak. */
function jwt(claims: Record<string, string>): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${'c2lnbmF0dXJlLW9mLWEtZml4dHVyZQ'}`;
}

const service = jwt({ iss: 'supabase', ref: 'abcdefghijklmnopqrst', role: 'service_role' });
const anon = jwt({ iss: 'supabase', ref: 'abcdefghijklmnopqrst', role: 'anon' });
const demo = jwt({ iss: 'supabase-demo', role: 'service_role' });
const live = ['sk', 'live', '51Hq8ZkAbCdEfGhIjKlMnOp'].join('_');
const url = (password: string, host: string) => `postgres://postgres:${password}@${host}:5432/postgres`;

export default {
  check: 'secret-in-git',
  silent: '',
  defect: '',
  repo: {
    silent: {
      '.gitignore': '.env*\n!.env.example\n',
      '.env': `SUPABASE_SERVICE_ROLE_KEY=${service}\n`,
      '.env.example': `DATABASE_URL=${url('[YOUR-PASSWORD]', 'db.abcdefghijklmnopqrst.supabase.co')}\nLOCAL=${url('postgres', 'localhost')}\nANON=${anon}\n`,
      'supabase/seed.sql': `-- select '${demo}';\nselect 1;\n`,
      'src/pem.ts': "export const strip = (key: string) => key.replace('-----BEGIN PRIVATE KEY-----', '');\n",
    },
    defect: {
      'scripts/backfill.ts': `const key = '${service}';\nconst stripe = '${live}';\nconst database = '${url('k3Jd82hsQp', 'db.abcdefghijklmnopqrst.supabase.co')}';\n`,
    },
    fixed: { 'scripts/backfill.ts': 'const key = process.env.SUPABASE_SERVICE_ROLE_KEY;\n' },
  },
  expect: [
    { object: 'file scripts/backfill.ts', severity: 'blocker' },
    { object: 'file scripts/backfill.ts', severity: 'blocker' },
    { object: 'file scripts/backfill.ts', severity: 'blocker' },
  ],
  repair: '',
} satisfies CheckFixture;
