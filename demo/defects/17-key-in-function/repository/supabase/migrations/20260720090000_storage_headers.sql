-- Defect: the service_role key, readable by whoever may read a function, a dump or this repository.
create function internal.storage_headers() returns jsonb
language sql
immutable
set search_path = ''
as $$ select jsonb_build_object('Authorization', 'Bearer {{service-role-jwt}}') $$;
comment on function internal.storage_headers() is 'Headers for calls to Storage.';
