begin;
select plan(2);

select policies_are('public', 'orders', array['customers read their own orders']);
select is_empty(
  $$ set local role anon; select * from public.order_summaries $$,
  'a visitor sees no order'
);

select * from finish();
rollback;
