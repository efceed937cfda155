import { redirect } from 'next/navigation';
import { serverClient } from '@/lib/supabase/server';
import { AvatarUpload } from '@/components/avatar-upload';
import { deleteAddress, saveAddress, saveProfile } from './actions';

export default async function AccountPage() {
  const supabase = await serverClient();
  const { data: claims } = await supabase.auth.getClaims();
  if (!claims) redirect('/');

  const { data: profile } = await supabase.from('profiles').select('id, display_name, locale, avatar_path').single();
  const { data: addresses } = await supabase.from('addresses').select('id, recipient, street, postcode, city, country');

  return (
    <main>
      <form action={saveProfile}>
        <input name="display_name" defaultValue={profile?.display_name} maxLength={80} />
        <input name="locale" defaultValue={profile?.locale} />
        <button type="submit">Save</button>
      </form>
      {profile && <AvatarUpload userId={profile.id} />}
      {addresses?.map((address) => (
        <form key={address.id} action={deleteAddress.bind(null, address.id)}>
          {address.recipient}, {address.street}, {address.postcode} {address.city}, {address.country}
          <button type="submit">Delete</button>
        </form>
      ))}
      <form action={saveAddress}>
        <input name="recipient" required />
        <input name="street" required />
        <input name="postcode" required />
        <input name="city" required />
        <input name="country" required maxLength={2} />
        <button type="submit">Add address</button>
      </form>
    </main>
  );
}
