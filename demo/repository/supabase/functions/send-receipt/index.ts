import { callerClient } from '../_shared/database.ts';
import { report } from '../_shared/monitoring.ts';

Deno.serve(async (request) => {
  const database = callerClient(request);
  const { data: caller } = await database.auth.getUser();
  if (!caller.user) return new Response('sign in first', { status: 401 });

  const { order } = await request.json();
  // Row level security: an order that is not the caller's is not found.
  const { data, error } = await database.from('order_summaries').select('id, total_cents, currency').eq('id', order).single();
  if (error) return new Response('no such order', { status: 404 });

  try {
    const answer = await fetch('https://api.postmarkapp.com/email/withTemplate', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Postmark-Server-Token': Deno.env.get('POSTMARK_TOKEN')! },
      body: JSON.stringify({
        From: 'hello@harbor.shop',
        To: caller.user.email,
        TemplateAlias: 'receipt',
        TemplateModel: data,
      }),
      signal: AbortSignal.timeout(5_000),
    });
    return new Response(answer.ok ? 'sent' : 'not sent', { status: answer.ok ? 200 : 502 });
  } catch (failure) {
    report(failure);
    return new Response('not sent', { status: 502 });
  }
});
