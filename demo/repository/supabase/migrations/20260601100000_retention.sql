-- docs/retention.md, as jobs.
create extension if not exists pg_cron;

select cron.schedule('purge-carts', '10 3 * * *', $$delete from public.carts where updated_at < now() - interval '90 days'$$);
select cron.schedule('purge-messages', '20 3 * * *', $$delete from public.messages where created_at < now() - interval '1 year'$$);
select cron.schedule('purge-jobs', '30 3 * * *', $$delete from internal.job_queue where done_at < now() - interval '7 days'$$);
select cron.schedule('purge-audit-log', '40 3 * * *', $$delete from internal.audit_log where created_at < now() - interval '2 years'$$);
select cron.schedule('purge-webhook-events', '50 3 * * *', $$delete from public.webhook_events where created_at < now() - interval '180 days'$$);
select cron.schedule('refresh-sales', '0 4 * * *', $$refresh materialized view concurrently internal.sales_by_day$$);
