-- Defect: a migration pushed from a laptop; its file was never committed.
insert into supabase_migrations.schema_migrations (version, name, statements)
values ('20260815221500', 'hotfix_stock', array['update public.products set stock = 0 where stock < 0']);
