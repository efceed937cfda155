import { serverClient } from '@/lib/supabase/server';

/** Prices for teams, by product. */
export async function wholesalePrices() {
  const supabase = await serverClient();
  const { data } = await supabase.from('wholesale_prices').select('product_id, price_cents');
  return data ?? [];
}
