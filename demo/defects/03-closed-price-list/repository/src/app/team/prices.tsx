'use client';

import { useEffect, useState } from 'react';
import { browserClient } from '@/lib/supabase/client';

interface Price {
  product_id: string;
  price_cents: number;
}

export function WholesalePrices() {
  const [supabase] = useState(browserClient);
  const [prices, setPrices] = useState<Price[]>([]);

  useEffect(() => {
    supabase
      .from('wholesale_prices')
      .select('product_id, price_cents')
      .then(({ data }) => setPrices(data ?? []));
  }, [supabase]);

  return <ul>{prices.map((price) => <li key={price.product_id}>{price.price_cents}</li>)}</ul>;
}
