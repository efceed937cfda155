with owners as materialized (
  select
    o.bucket_id,
    pg_catalog.count(*) as objects,
    pg_catalog.count(*) filter (where :object_owner is null) as ownerless,
    pg_catalog.count(*) filter (where :object_owner is not null and not (:owner_exists)) as orphaned
  from storage.objects o
  group by o.bucket_id
)
select
  b.id,
  b.name,
  :bucket_public as public,
  :file_size_limit as "fileSizeLimit",
  :allowed_mime_types as "allowedMimeTypes",
  coalesce(w.objects, 0) as objects,
  coalesce(w.ownerless, 0) as ownerless,
  coalesce(w.orphaned, 0) as "orphanedOwners"
from storage.buckets b
left join owners w on w.bucket_id = b.id
order by b.id collate "C"
