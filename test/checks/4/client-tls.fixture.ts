import type { CheckFixture } from '../fixture.ts';

const pool = (ssl: string) =>
  `import pg from 'pg';\nexport const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, ssl: ${ssl} });\n`;

export default {
  check: 'client-tls',
  silent: '',
  defect: '',
  repo: {
    silent: {
      'package.json': '{"name":"app","dependencies":{"pg":"8"}}',
      'src/db.ts': pool('{ ca: certificate }'),
      '.env.example': 'NODE_TLS_REJECT_UNAUTHORIZED=1\n',
      '.env.development': 'DATABASE_URL=postgres://postgres:postgres@127.0.0.1:54322/postgres?sslmode=disable\n',
    },
    defect: {
      'src/db.ts': pool('{ rejectUnauthorized: false }'),
      '.env.staging': 'NODE_TLS_REJECT_UNAUTHORIZED=0\n',
      '.env.production':
        'DATABASE_URL=postgres://app@db.abcdefghijklmnopqrst.supabase.co:5432/postgres?sslmode=disable\n',
    },
    fixed: {
      '.env.staging': null,
      'src/db.ts': pool('{ ca: certificate }'),
      '.env.production':
        'DATABASE_URL=postgres://app@db.abcdefghijklmnopqrst.supabase.co:5432/postgres?sslmode=verify-full\n',
    },
  },
  expect: [
    { object: 'file src/db.ts', severity: 'high' },
    { object: 'file .env.staging', severity: 'high' },
    { object: 'file .env.production', severity: 'high' },
  ],
  repair: '',
} satisfies CheckFixture;
