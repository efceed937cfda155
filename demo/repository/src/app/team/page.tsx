'use client';

import { useEffect, useState } from 'react';
import { messageForm } from '@/lib/forms';
import { browserClient } from '@/lib/supabase/client';

interface Message {
  id: string;
  body: string;
}

export default function TeamPage() {
  const [supabase] = useState(browserClient);
  const [team, setTeam] = useState<{ id: string; name: string }>();
  const [messages, setMessages] = useState<Message[]>([]);

  useEffect(() => {
    supabase
      .from('teams')
      .select('id, name, memberships(role)')
      .limit(1)
      .maybeSingle()
      .then(({ data }) => setTeam(data ?? undefined));
  }, [supabase]);

  useEffect(() => {
    if (!team) return;
    supabase
      .from('messages')
      .select('id, body')
      .eq('team_id', team.id)
      .order('created_at')
      .then(({ data }) => setMessages(data ?? []));
    // Row level security of public.messages decides which rows arrive.
    const channel = supabase
      .channel('board')
      .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'messages' }, (change) =>
        setMessages((before) => [...before, change.new as Message]),
      )
      .subscribe();
    return () => {
      supabase.removeChannel(channel);
    };
  }, [supabase, team]);

  async function send(form: FormData) {
    const message = messageForm.parse({ team_id: team?.id, body: form.get('body') });
    await supabase.from('messages').insert({ team_id: message.team_id, body: message.body });
  }

  return (
    <main>
      <h1>{team?.name}</h1>
      <ul>{messages.map((message) => <li key={message.id}>{message.body}</li>)}</ul>
      <form action={send}>
        <input name="body" maxLength={2000} required />
      </form>
    </main>
  );
}
