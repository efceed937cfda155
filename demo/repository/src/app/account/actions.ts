'use server';

import { addressForm, profileForm } from '@/lib/forms';
import { serverClient } from '@/lib/supabase/server';

export async function saveProfile(form: FormData) {
  const supabase = await serverClient();
  const { data } = await supabase.auth.getClaims();
  if (!data) throw new Error('sign in first');

  const profile = profileForm.parse(Object.fromEntries(form));
  await supabase
    .from('profiles')
    .update({ display_name: profile.display_name, locale: profile.locale })
    .eq('id', data.claims.sub);
}

export async function saveAddress(form: FormData) {
  const supabase = await serverClient();
  const { data } = await supabase.auth.getClaims();
  if (!data) throw new Error('sign in first');

  const address = addressForm.parse(Object.fromEntries(form));
  await supabase.from('addresses').insert({
    recipient: address.recipient,
    street: address.street,
    postcode: address.postcode,
    city: address.city,
    country: address.country,
  });
}

export async function deleteAddress(id: string) {
  const supabase = await serverClient();
  await supabase.from('addresses').delete().eq('id', id);
}
