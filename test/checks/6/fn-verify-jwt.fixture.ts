import type { CheckFixture } from '../fixture.ts';

const serve = (body: string) =>
  `import Stripe from 'npm:stripe@17.7.0';\nDeno.serve(async (request) => {\n  ${body}\n  return new Response(String(Stripe));\n});\n`;
const config = (open: string[]) => open.map((name) => `[functions.${name}]\nverify_jwt = false\n`).join('\n');
const signed =
  "const event = await stripe.webhooks.constructEventAsync(await request.text(), 'a', 'b'); console.log(event.type);";

export default {
  check: 'fn-verify-jwt',
  silent: '',
  defect: '',
  repo: {
    silent: {
      'supabase/config.toml': config(['stripe-webhook', 'cron']),
      'supabase/functions/stripe-webhook/index.ts': serve(signed),
      'supabase/functions/cron/index.ts': serve(
        "if (request.headers.get('x-secret') !== Deno.env.get('CRON_SECRET')) return new Response(null, { status: 401 });",
      ),
      'supabase/functions/hello/index.ts': serve(''),
    },
    defect: {
      'supabase/config.toml': config(['cron', 'courier']),
      'supabase/functions/courier/index.ts': serve(
        "const { createClient } = await import('npm:@supabase/supabase-js@2'); const supabase = createClient('a', 'b'); await supabase.from('orders').delete().eq('id', 1);",
      ),
    },
    fixed: { 'supabase/config.toml': config(['stripe-webhook', 'cron']) },
  },
  expect: [
    { object: 'edge function courier', severity: 'blocker' },
    { object: 'edge function stripe-webhook', severity: 'high' },
  ],
  repair: '',
} satisfies CheckFixture;
