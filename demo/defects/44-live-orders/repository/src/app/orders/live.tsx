'use client';

import { useEffect, useState } from 'react';
import { browserClient } from '@/lib/supabase/client';

export function LiveOrder({ id }: { id: string }) {
  const [supabase] = useState(browserClient);
  const [status, setStatus] = useState('');

  useEffect(() => {
    // Defect: orders is in no publication: this never fires.
    const channel = supabase
      .channel('orders')
      .on('postgres_changes', { event: 'UPDATE', schema: 'public', table: 'orders' }, (change) =>
        setStatus(String((change.new as { status: string }).status)),
      )
      .subscribe();
    return () => {
      supabase.removeChannel(channel);
    };
  }, [supabase]);

  async function cancel() {
    // Defect: customers have no right to update orders: 42501.
    await supabase.from('orders').update({ status: 'cancelled' }).eq('id', id);
  }

  return <button onClick={cancel}>cancel ({status})</button>;
}
