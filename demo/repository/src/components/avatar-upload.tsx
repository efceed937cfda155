'use client';

import { useState } from 'react';
import { browserClient } from '@/lib/supabase/client';

export function AvatarUpload({ userId }: { userId: string }) {
  const [supabase] = useState(browserClient);

  async function upload(file: File | undefined) {
    if (!file) return;
    const path = `${userId}/avatar`;
    const { error } = await supabase.storage.from('avatars').upload(path, file, { upsert: true });
    if (!error) await supabase.from('profiles').update({ avatar_path: path }).eq('id', userId);
  }

  return <input type="file" accept="image/png,image/jpeg,image/webp" onChange={(event) => upload(event.target.files?.[0])} />;
}
