import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'serverless-direct',
  silent: '',
  defect: '',
  expect: [
    { object: 'file .env.example', severity: 'high' },
    { object: 'file .env.example', severity: 'high' },
    { object: 'file prisma/schema.prisma', severity: 'medium' },
  ],
  repair: '',
  repo: {
    silent: {
      'vercel.json': '{}',
      'package.json': '{"dependencies":{"@prisma/client":"6.0.0","prisma":"6.0.0"}}',
      '.env.example':
        'DATABASE_URL=postgresql://postgres.abcdefghijklmnopqrst:x@aws-0-eu-central-1.pooler.supabase.com:6543/postgres?pgbouncer=true\nDIRECT_URL=postgresql://postgres:x@db.abcdefghijklmnopqrst.supabase.co:5432/postgres\n',
      'prisma/schema.prisma':
        'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n  directUrl = env("DIRECT_URL")\n}\n',
    },
    defect: {
      '.env.example':
        'DATABASE_URL=postgresql://postgres.abcdefghijklmnopqrst:x@aws-0-eu-central-1.pooler.supabase.com:6543/postgres\nAPP_URL=postgresql://postgres:x@db.abcdefghijklmnopqrst.supabase.co:5432/postgres\n',
      'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n',
    },
    fixed: {
      '.env.example':
        'DATABASE_URL=postgresql://postgres.abcdefghijklmnopqrst:x@aws-0-eu-central-1.pooler.supabase.com:6543/postgres?pgbouncer=true\n',
      'prisma/schema.prisma':
        'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n  directUrl = env("DIRECT_URL")\n}\n',
    },
  },
} satisfies CheckFixture;
