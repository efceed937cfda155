import { createClient } from 'npm:@supabase/supabase-js';

// Defects: open to everybody (verify_jwt = false), no signature, no version of what it imports, no limit to its patience.
Deno.serve(async (request) => {
  const { order } = await request.json();
  const database = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!);
  await database.from('orders').update({ status: 'delivered' }).eq('id', order);
  await fetch('https://hooks.havenkoerier.nl/confirm', { method: 'POST' });
  return new Response('ok');
});
