import Stripe from 'stripe';
import { shopClient } from '../_shared/database.ts';
import { report } from '../_shared/monitoring.ts';

const stripe = new Stripe(Deno.env.get('STRIPE_API_KEY')!);
const crypto = Stripe.createSubtleCryptoProvider();

const PAYMENT_STATUS: Record<string, string> = {
  'payment_intent.succeeded': 'succeeded',
  'payment_intent.payment_failed': 'failed',
  'payment_intent.processing': 'pending',
};

Deno.serve(async (request) => {
  // The signature covers the raw body and its time: nothing is read before it holds.
  let event: Stripe.Event;
  try {
    event = await stripe.webhooks.constructEventAsync(
      await request.text(),
      request.headers.get('Stripe-Signature') ?? '',
      Deno.env.get('STRIPE_WEBHOOK_SIGNING_SECRET')!,
      undefined,
      crypto,
    );
  } catch {
    return new Response('bad signature', { status: 400 });
  }

  const database = shopClient();
  const seen = await database.from('webhook_events').insert({ event_id: event.id, type: event.type });
  if (seen.error?.code === '23505') return new Response('seen before');
  if (seen.error) {
    report(seen.error);
    return new Response('try again', { status: 500 });
  }

  const status = PAYMENT_STATUS[event.type];
  if (status) {
    const intent = event.data.object as Stripe.PaymentIntent;
    const { error } = await database.from('payments').upsert(
      {
        order_id: intent.metadata.order_id,
        stripe_payment_intent_id: intent.id,
        amount_cents: intent.amount,
        currency: intent.currency.toUpperCase(),
        status,
      },
      { onConflict: 'stripe_payment_intent_id' },
    );
    if (error) report(error);
    if (status === 'succeeded') {
      await database.from('orders').update({ status: 'paid' }).eq('id', intent.metadata.order_id);
    }
  }
  await database.from('webhook_events').update({ processed_at: new Date().toISOString() }).eq('event_id', event.id);
  return new Response('ok');
});
