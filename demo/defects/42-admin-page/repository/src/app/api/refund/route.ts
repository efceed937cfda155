import { createClient } from '@supabase/supabase-js';

/** Refunds an order. */
export async function POST(request: Request) {
  // Defects: past every policy, without asking who calls; no types; and the body goes to the table as it comes.
  const supabase = createClient(process.env.NEXT_PUBLIC_SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);
  const { error } = await supabase.from('payments').insert(await request.json());
  return Response.json({ ok: !error });
}
