-- Defect: made in the SQL editor for an integration: signs in, and no policy holds for it.
create role newsletter_sync login bypassrls;
grant usage on schema public to newsletter_sync;
grant select on public.profiles to newsletter_sync;
