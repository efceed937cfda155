-- Defect: test accounts made by a migration, so they are in production too.
insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
select '00000000-0000-0000-0000-000000000000', md5('harbor test ' || n)::uuid, 'authenticated', 'authenticated', 'tester' || n || '@example.com', '', now(),
  '{"provider": "email", "providers": ["email"]}', '{}', now(), now()
from generate_series(1, 3) as n;
