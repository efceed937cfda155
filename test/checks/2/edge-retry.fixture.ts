import type { CheckFixture } from '../fixture.ts';

export default {
  check: 'edge-retry',
  silent: '',
  defect: '',
  expect: [{ object: 'file supabase/functions/notify/index.ts', severity: 'low' }],
  repair: '',
  repo: {
    silent: {
      'supabase/config.toml': '[api]\nschemas = ["public"]\n',
      'supabase/functions/notify/index.ts': `Deno.serve(async () => {
  try {
    const answer = await fetch('https://api.example.com', { signal: AbortSignal.timeout(5000) });
    return new Response(await answer.text());
  } catch {
    return new Response('unavailable', { status: 503 });
  }
});
`,
    },
    defect: {
      'supabase/functions/notify/index.ts': `Deno.serve(async () => {
  const answer = await fetch('https://api.example.com');
  return new Response(await answer.text());
});
`,
    },
    fixed: {
      'supabase/functions/notify/index.ts': `Deno.serve(async () => {
  try {
    const answer = await fetch('https://api.example.com', { signal: AbortSignal.timeout(5000) });
    return new Response(await answer.text());
  } catch {
    return new Response('unavailable', { status: 503 });
  }
});
`,
    },
  },
} satisfies CheckFixture;
