import type { CheckFixture } from '../fixture.ts';

const hook = (verify: string) => `import Stripe from 'stripe';
const stripe = new Stripe(process.env.STRIPE_API_KEY!);
export async function POST(request: Request) {
  const event = ${verify};
  if (event.type === 'checkout.session.completed') console.log('paid');
  return new Response(String(stripe));
}
`;

export default {
  check: 'webhook-signature',
  silent: '',
  defect: '',
  repo: {
    silent: {
      'src/app/api/stripe-webhook/route.ts': hook("stripe.webhooks.constructEvent(await request.text(), 'a', 'b')"),
      'src/topics.ts': "export const topics = ['checkout.session.completed'];\n",
    },
    defect: {
      'src/app/api/webhooks/disputes/route.ts': hook('(await request.json()) as Stripe.Event'),
      'supabase/functions/stripe/index.ts': hook("stripe.webhooks.constructEvent(await request.text(), 'a', 'b')"),
    },
    fixed: {
      'src/app/api/webhooks/disputes/route.ts': 'export {};\n',
      'supabase/functions/stripe/index.ts': hook(
        "await stripe.webhooks.constructEventAsync(await request.text(), 'a', 'b')",
      ),
    },
  },
  expect: [
    { object: 'file src/app/api/webhooks/disputes/route.ts', severity: 'blocker' },
    { object: 'edge function stripe', severity: 'high' },
  ],
  repair: '',
} satisfies CheckFixture;
