import { callerClient } from '../_shared/database.ts';

/** Everything the shop holds about the caller, as JSON (docs/privacy.md). */
Deno.serve(async (request) => {
  const database = callerClient(request);
  const { data: caller } = await database.auth.getUser();
  if (!caller.user) return new Response('sign in first', { status: 401 });

  const [profile, addresses, orders, subscriptions, reviews] = await Promise.all([
    database.from('profiles').select('display_name, locale, created_at').eq('id', caller.user.id),
    database.from('addresses').select('recipient, street, postcode, city, country'),
    database.from('order_summaries').select('id, status, total_cents, currency, created_at, lines'),
    database.from('subscriptions').select('plan, status, current_period_end'),
    database.from('reviews').select('product_id, rating, body').eq('user_id', caller.user.id),
  ]);
  return Response.json({
    profile: profile.data,
    addresses: addresses.data,
    orders: orders.data,
    subscriptions: subscriptions.data,
    reviews: reviews.data,
  });
});
