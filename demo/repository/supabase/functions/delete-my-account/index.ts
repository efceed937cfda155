import { callerClient, shopClient } from '../_shared/database.ts';

/** Erases the caller: their files, then the account, and with it all rows that are theirs (docs/privacy.md). */
Deno.serve(async (request) => {
  const { data: caller } = await callerClient(request).auth.getUser();
  if (!caller.user) return new Response('sign in first', { status: 401 });

  const shop = shopClient();
  const { data: files, error } = await shop.storage.from('avatars').list(caller.user.id);
  if (error) return new Response('try again later', { status: 503 });
  if (files.length > 0) {
    await shop.storage.from('avatars').remove(files.map(({ name }) => `${caller.user.id}/${name}`));
  }
  const deleted = await shop.auth.admin.deleteUser(caller.user.id);
  return new Response(null, { status: deleted.error ? 503 : 204 });
});
