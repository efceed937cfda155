-- Defect: whatever is created next in public is open to every visitor before anybody thinks of it.
alter default privileges for role postgres in schema public grant select, insert, update, delete on tables to anon, authenticated;
