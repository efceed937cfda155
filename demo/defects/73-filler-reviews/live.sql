-- Defect: reviews made for a screenshot were never deleted.
update public.reviews set body = 'Lorem ipsum dolor sit amet, consectetur adipiscing elit.'
where user_id in (select md5('harbor customer ' || n)::uuid from generate_series(21, 25) as n);
