-- Defect: files of customers who are gone.
insert into storage.objects (bucket_id, name, owner_id, metadata)
select 'avatars', md5('former customer ' || n)::uuid || '/avatar', md5('former customer ' || n)::uuid::text, '{"mimetype": "image/jpeg", "size": 40112}'
from generate_series(1, 6) as n;
