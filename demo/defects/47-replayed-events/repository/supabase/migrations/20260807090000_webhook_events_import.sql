-- Defect: without it Stripe's second delivery of an event is handled a second time.
alter table public.webhook_events drop constraint webhook_events_event_id_key;
