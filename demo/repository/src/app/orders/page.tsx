import { redirect } from 'next/navigation';
import { serverClient } from '@/lib/supabase/server';

export default async function OrdersPage() {
  const supabase = await serverClient();
  const { data: claims } = await supabase.auth.getClaims();
  if (!claims) redirect('/');

  const { data: orders } = await supabase
    .from('order_summaries')
    .select('id, status, total_cents, currency, created_at, lines')
    .order('created_at', { ascending: false });
  const { data: payments } = await supabase.from('payments').select('order_id, status');
  const { data: items } = await supabase.from('order_items').select('order_id, quantity, products(name)');
  const { data: subscriptions } = await supabase.from('subscriptions').select('plan, status, current_period_end');

  return (
    <main>
      {subscriptions?.map((box) => <p key={box.plan}>{box.plan}: {box.status} until {box.current_period_end}</p>)}
      {orders?.map((order) => (
        <section key={order.id}>
          <h2>{order.created_at}: {order.status}</h2>
          <p>{payments?.find((payment) => payment.order_id === order.id)?.status ?? 'unpaid'}</p>
          <ul>
            {items
              ?.filter((item) => item.order_id === order.id)
              .map((item) => <li key={item.products?.name}>{item.quantity} × {item.products?.name}</li>)}
          </ul>
        </section>
      ))}
    </main>
  );
}
