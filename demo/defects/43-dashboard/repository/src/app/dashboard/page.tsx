import { redirect } from 'next/navigation';
import { serverClient } from '@/lib/supabase/server';

export default async function DashboardPage() {
  const supabase = await serverClient();
  // Defect: getSession() believes the cookie; nobody has checked its signature.
  const {
    data: { session },
  } = await supabase.auth.getSession();
  if (!session) redirect('/');
  // Defect: tokens and mail address in the log.
  console.log('dashboard opened by', session);

  // Defect: there is no such table.
  const { data: history } = await supabase.from('order_history').select('id');
  return <main>{history?.length ?? 0} orders</main>;
}
