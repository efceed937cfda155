import { serverClient } from '@/lib/supabase/server';

/** Asked every minute by the status page. */
export async function GET() {
  const supabase = await serverClient();
  const { error } = await supabase.from('feature_flags').select('key').eq('key', 'checkout').single();
  return Response.json({ ok: !error }, { status: error ? 503 : 200 });
}
