import { createBrowserClient } from '@supabase/ssr';
import type { Database } from '@/lib/database.types';

/** In the browser: the publishable key and the customer's session. */
export function browserClient() {
  return createBrowserClient<Database>(
    process.env.NEXT_PUBLIC_SUPABASE_URL!,
    process.env.NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY!,
  );
}
