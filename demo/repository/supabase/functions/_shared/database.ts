import { createClient } from '@supabase/supabase-js';
import type { Database } from '../../../src/lib/database.types.ts';

/** Acts as the shop itself, past row level security: only for work nobody in particular asked for. */
export function shopClient() {
  return createClient<Database>(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!);
}

/** Acts as the caller: row level security decides. */
export function callerClient(request: Request) {
  return createClient<Database>(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!, {
    global: { headers: { Authorization: request.headers.get('Authorization') ?? '' } },
  });
}
