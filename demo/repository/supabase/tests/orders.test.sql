begin;
select plan(2);

select policies_are('public', 'orders', array['customers read their own orders']);
set local role anon;
select throws_ok('select * from public.order_summaries', '42501', null, 'a visitor sees no order');

select * from finish();
rollback;
