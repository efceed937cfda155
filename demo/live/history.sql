-- What happened in the live database since the launch of the beta: customers, orders, payments. Never part of the
-- repository; the demo runs it after migrations and seed. Every name and address is made up.

-- Customers. The trigger on auth.users makes their profiles.
insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, last_sign_in_at, raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
select
  '00000000-0000-0000-0000-000000000000',
  md5('harbor customer ' || n)::uuid,
  'authenticated',
  'authenticated',
  lower(given || '.' || family || n || '@post.harbor.shop'),
  '',
  now() - interval '200 days' + n * interval '16 hours',
  now() - n * interval '2 hours',
  '{"provider": "email", "providers": ["email"]}',
  jsonb_build_object('full_name', given || ' ' || family),
  now() - interval '200 days' + n * interval '16 hours',
  now() - n * interval '2 hours'
from generate_series(1, 240) as n
cross join lateral (select
  (array['Aline', 'Bram', 'Cosima', 'Daan', 'Elif', 'Femke', 'Gustav', 'Hanne', 'Imre', 'Jurre', 'Katrijn', 'Levi', 'Maud', 'Nils', 'Okke', 'Puck'])[1 + n % 16] as given,
  (array['Aerts', 'Brouwer', 'Claes', 'Dreesen', 'Eggers', 'Fenne', 'Groot', 'Haverkamp', 'Ibsen', 'Jonker', 'Kuiper', 'Lauwers', 'Mertens', 'Noorda', 'Ostman'])[1 + n % 15] as family
) as person;

-- Two of them are made for tests: the demo asks the API as them.
update auth.users set encrypted_password = extensions.crypt('harbor-test-customer', extensions.gen_salt('bf', 4))
where id in (md5('harbor customer 1')::uuid, md5('harbor customer 2')::uuid);

-- The one administrator, with a second factor.
insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, last_sign_in_at, raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
values ('00000000-0000-0000-0000-000000000000', md5('harbor administrator')::uuid, 'authenticated', 'authenticated', 'mara@harbor.shop', '', now() - interval '210 days', now() - interval '1 hour',
  '{"provider": "email", "providers": ["email"], "role": "admin"}', '{"full_name": "Mara Lindqvist"}', now() - interval '210 days', now() - interval '1 hour');
insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, created_at, updated_at)
values (md5('harbor second factor')::uuid, md5('harbor administrator')::uuid, 'phone', 'totp', 'verified', now() - interval '209 days', now() - interval '209 days');

insert into auth.audit_log_entries (instance_id, id, payload, created_at, ip_address)
select '00000000-0000-0000-0000-000000000000', md5('harbor sign-in ' || n)::uuid, json_build_object('action', 'login', 'log_type', 'account'), now() - n * interval '3 hours', ''
from generate_series(1, 120) as n;

insert into public.addresses (user_id, recipient, street, postcode, city, country, created_at)
select users.id, profiles.display_name, 'Kadeweg ' || n, lpad((1000 + n)::text, 4, '0'), (array['Zeeburg', 'Oostkade', 'Nordhaven'])[1 + n % 3], (array['NL', 'BE', 'DE'])[1 + n % 3], users.created_at
from generate_series(1, 200) as n
join auth.users on users.id = md5('harbor customer ' || n)::uuid
join public.profiles on profiles.id = users.id;

insert into public.orders (id, user_id, address_id, status, total_cents, created_at)
select
  md5('harbor order ' || n)::uuid,
  addresses.user_id,
  addresses.id,
  (array['delivered', 'delivered', 'shipped', 'paid', 'pending', 'cancelled'])[1 + n % 6]::public.order_status,
  0,
  now() - interval '150 days' + n * interval '8 hours'
from generate_series(1, 420) as n
join public.addresses on addresses.user_id = md5('harbor customer ' || (1 + n % 200))::uuid;

insert into public.order_items (order_id, product_id, quantity, unit_price_cents, created_at)
select orders.id, products.id, 1 + (orders.n * products.n) % 3, products.price_cents, orders.created_at
from (select id, created_at, row_number() over (order by id) as n from public.orders) as orders
join (select id, price_cents, row_number() over (order by slug) as n from public.products) as products
  on products.n in (1 + orders.n % 12, 1 + (orders.n * 5 + 3) % 12);

update public.orders set total_cents = lines.total_cents
from (select order_id, sum(quantity * unit_price_cents) as total_cents from public.order_items group by order_id) as lines
where lines.order_id = orders.id;

insert into public.payments (order_id, stripe_payment_intent_id, amount_cents, status, created_at)
select id, 'pi_' || md5(id::text), total_cents, case status when 'cancelled' then 'refunded' else 'succeeded' end, created_at
from public.orders where status <> 'pending';

insert into public.webhook_events (event_id, type, processed_at, created_at)
select 'evt_' || md5(id::text), 'payment_intent.succeeded', created_at, created_at from public.payments
where created_at > now() - interval '170 days';

update internal.job_queue set done_at = now() - interval '1 day', attempts = 1 where id % 20 <> 0;

insert into public.subscriptions (user_id, stripe_subscription_id, plan, status, current_period_end)
select md5('harbor customer ' || n)::uuid, 'sub_' || md5('box ' || n), (array['box-small', 'box-large'])[1 + n % 2], (array['active', 'active', 'past_due', 'cancelled'])[1 + n % 4], now() + n * interval '6 hours'
from generate_series(1, 90) as n;

insert into public.carts (id, user_id, created_at, updated_at)
select md5('harbor cart ' || n)::uuid, md5('harbor customer ' || n)::uuid, now() - n * interval '12 hours', now() - n * interval '6 hours'
from generate_series(1, 60) as n;
insert into public.cart_items (cart_id, product_id, quantity)
select carts.id, products.id, 1
from public.carts join public.products on (ascii(left(carts.id::text, 1)) + products.price_cents) % 4 = 0;

insert into public.teams (id, slug, name)
select md5('harbor team ' || n)::uuid, 'team-' || n, (array['Bistro Kade', 'Kantine Oost', 'De Vuurtoren', 'Haus am Hafen', 'Studio Vis', 'Het Want'])[n]
from generate_series(1, 6) as n;
insert into public.memberships (team_id, user_id, role)
select md5('harbor team ' || (1 + n % 6))::uuid, md5('harbor customer ' || n)::uuid, case when n <= 6 then 'owner' else 'member' end
from generate_series(1, 48) as n;
insert into public.messages (team_id, author_id, body, created_at)
select memberships.team_id, memberships.user_id, (array['Cod for twelve on Friday?', 'I would rather have mussels.', 'Delivery before nine, please.', 'Done, ordered.'])[1 + n % 4], now() - n * interval '5 hours'
from generate_series(1, 180) as n
join public.memberships on memberships.user_id = md5('harbor customer ' || (1 + n % 48))::uuid;

insert into public.reviews (product_id, user_id, rating, body, published)
select products.id, md5('harbor customer ' || n)::uuid, 3 + n % 3, (array['Fresh, well packed.', 'Came late, tasted fine.', 'Will order again.'])[1 + n % 3], n % 5 <> 0
from generate_series(1, 150) as n
join (select id, row_number() over (order by slug) as place from public.products) as products on products.place = 1 + n % 12;

insert into storage.objects (bucket_id, name, owner, owner_id, metadata)
select 'avatars', id::text || '/avatar', id, id::text, '{"mimetype": "image/jpeg", "size": 48211}'
from auth.users order by users.id limit 40;
update public.profiles set avatar_path = objects.name
from storage.objects where objects.bucket_id = 'avatars' and objects.owner_id = profiles.id::text;
insert into storage.objects (bucket_id, name, owner, owner_id, metadata)
select 'product-images', slug || '.jpg', md5('harbor administrator')::uuid, md5('harbor administrator'::text)::uuid::text, '{"mimetype": "image/jpeg", "size": 180342}'
from public.products;
update public.products set image_path = slug || '.jpg';

refresh materialized view internal.sales_by_day;
