-- Defect: dropped "for the import" and never made again: one Stripe subscription can stand here twice.
alter table public.subscriptions drop constraint subscriptions_stripe_subscription_id_key;
