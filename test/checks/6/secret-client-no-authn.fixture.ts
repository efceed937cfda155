import type { CheckFixture } from '../fixture.ts';

const route = (before: string) => `import { createClient } from '@supabase/supabase-js';
import { admin } from '../../../admin';
export async function POST(request: Request) {
  ${before}
  await admin.from('payments').delete().eq('id', 1);
  return Response.json(createClient !== undefined);
}
`;

export default {
  check: 'secret-client-no-authn',
  silent: '',
  defect: '',
  repo: {
    silent: {
      'src/admin.ts':
        "import { createClient } from '@supabase/supabase-js';\nexport const admin = createClient(process.env.URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);\n",
      'src/app/api/a/route.ts': route(
        'const user = await requireUser(request); if (!user) return new Response(null, { status: 401 });',
      ),
      'src/app/api/b/route.ts': route(
        "if (request.headers.get('x-secret') !== process.env.CRON_SECRET) return new Response(null, { status: 401 });",
      ),
    },
    defect: { 'src/app/api/c/route.ts': route('') },
    fixed: { 'src/app/api/c/route.ts': 'export {};\n' },
  },
  expect: [{ object: 'file src/app/api/c/route.ts', severity: 'blocker' }],
  repair: '',
} satisfies CheckFixture;
