import type { CheckFixture } from '../fixture.ts';

const serve = (source: string) =>
  `import { createClient } from '${source}';\nDeno.serve(() => new Response(String(createClient)));\n`;

export default {
  check: 'fn-unpinned-import',
  silent: '',
  defect: '',
  repo: {
    silent: {
      'supabase/functions/a/index.ts': serve('npm:@supabase/supabase-js@2.109.0'),
      'supabase/functions/b/index.ts': serve('@supabase/supabase-js'),
      'supabase/functions/b/deno.json': '{"imports": {"@supabase/supabase-js": "jsr:@supabase/supabase-js@2"}}',
      'supabase/functions/c/index.ts': serve('https://esm.sh/@supabase/supabase-js@2.39.3'),
    },
    defect: {
      'supabase/functions/a/index.ts': serve('npm:@supabase/supabase-js'),
      'supabase/functions/b/deno.json': '{"imports": {"@supabase/supabase-js": "jsr:@supabase/supabase-js"}}',
    },
    fixed: {
      'supabase/functions/a/index.ts': serve('npm:@supabase/supabase-js@2'),
      'supabase/functions/b/deno.json': '{"imports": {"@supabase/supabase-js": "jsr:@supabase/supabase-js@2"}}',
    },
  },
  expect: [
    { object: 'edge function a', severity: 'low' },
    { object: 'edge function b', severity: 'low' },
  ],
  repair: '',
} satisfies CheckFixture;
