'use client';

import { useEffect, useState } from 'react';
import { browserClient } from '@/lib/supabase/client';

interface Line {
  product_id: string;
  quantity: number;
  products: { name: string; price_cents: number } | null;
}

export default function CartPage() {
  const [supabase] = useState(browserClient);
  const [cart, setCart] = useState<string>();
  const [lines, setLines] = useState<Line[]>([]);
  const [percent, setPercent] = useState(0);

  useEffect(() => {
    supabase
      .from('carts')
      .select('id, cart_items(product_id, quantity, products(name, price_cents))')
      .maybeSingle()
      .then(({ data }) => {
        setCart(data?.id);
        setLines(data?.cart_items ?? []);
      });
  }, [supabase]);

  async function redeem(form: FormData) {
    const { data } = await supabase.rpc('coupon_discount', { coupon_code: String(form.get('code')) });
    setPercent(data ?? 0);
  }

  async function remove(productId: string) {
    if (!cart) return;
    await supabase.from('cart_items').delete().eq('cart_id', cart).eq('product_id', productId);
    setLines((before) => before.filter((line) => line.product_id !== productId));
  }

  async function order() {
    const { data: address } = await supabase.from('addresses').select('id').limit(1).single();
    if (!cart || !address) return;
    const { data: id } = await supabase.rpc('place_order', { cart, address: address.id });
    if (id) await supabase.functions.invoke('send-receipt', { body: { order: id } });
  }

  const total = lines.reduce((sum, line) => sum + line.quantity * (line.products?.price_cents ?? 0), 0);
  return (
    <main>
      <ul>
        {lines.map((line) => (
          <li key={line.product_id}>
            {line.quantity} × {line.products?.name} <button onClick={() => remove(line.product_id)}>remove</button>
          </li>
        ))}
      </ul>
      <form action={redeem}>
        <input name="code" />
        <button type="submit">Redeem</button>
      </form>
      <p>{((total * (100 - percent)) / 10_000).toFixed(2)} EUR</p>
      <button onClick={order}>Order</button>
    </main>
  );
}
