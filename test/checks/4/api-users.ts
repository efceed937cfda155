import { API_PASSWORD } from '../fixture.ts';

export const USER_A = '00000000-0000-4000-8000-00000000000a';
export const USER_C = '00000000-0000-4000-8000-00000000000c';
export const USERS = ['a@post.kade.nl', 'c@post.kade.nl'] as const;

/** Two users who can log in. */
export const API_USERS = `
-- as supabase_admin
insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
select '00000000-0000-0000-0000-000000000000', id::uuid, 'authenticated', 'authenticated', email, extensions.crypt('${API_PASSWORD}', extensions.gen_salt('bf', 4)), now(),
  '{"provider": "email", "providers": ["email"]}', '{}', now(), now()
from (values ('${USER_A}', '${USERS[0]}'), ('${USER_C}', '${USERS[1]}')) as users (id, email);
-- as postgres
`;
