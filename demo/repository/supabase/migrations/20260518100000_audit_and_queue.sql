create table internal.audit_log (
  id bigint generated always as identity primary key,
  table_name text not null,
  row_key text not null,
  action text not null check (action in ('INSERT', 'UPDATE', 'DELETE')),
  actor uuid,
  created_at timestamptz not null default now()
);
comment on table internal.audit_log is 'Who changed which row of personal or billing data, and when. Append-only; no values. Purged after two years.';
create index audit_log_table_name_row_key_idx on internal.audit_log (table_name, row_key);

create function internal.record_change() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into internal.audit_log (table_name, row_key, action, actor)
  values (
    tg_table_name,
    coalesce(to_jsonb(new) ->> 'id', to_jsonb(old) ->> 'id', ''),
    tg_op,
    auth.uid()
  );
  return null;
end;
$$;
comment on function internal.record_change() is 'Trigger: writes internal.audit_log.';

create trigger profiles_audit after insert or update or delete on public.profiles
  for each row execute function internal.record_change();
create trigger addresses_audit after insert or update or delete on public.addresses
  for each row execute function internal.record_change();
create trigger orders_audit after insert or update or delete on public.orders
  for each row execute function internal.record_change();
create trigger payments_audit after insert or update or delete on public.payments
  for each row execute function internal.record_change();
create trigger coupons_audit after insert or update or delete on public.coupons
  for each row execute function internal.record_change();
create trigger subscriptions_audit after insert or update or delete on public.subscriptions
  for each row execute function internal.record_change();

create table internal.job_queue (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('send-receipt', 'low-stock')),
  payload jsonb not null default '{}',
  attempts integer not null default 0,
  run_after timestamptz not null default now(),
  done_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table internal.job_queue is 'Work to be done after the request. Drained by the edge functions; done jobs are purged after a week.';
create index job_queue_run_after_idx on internal.job_queue (run_after) where done_at is null;
create trigger job_queue_updated_at before update on internal.job_queue
  for each row execute function internal.set_updated_at();

create function internal.queue_receipt() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into internal.job_queue (kind, payload) values ('send-receipt', jsonb_build_object('order', new.order_id));
  return null;
end;
$$;
comment on function internal.queue_receipt() is 'Trigger: a payment that succeeds gets a receipt.';
create trigger payments_receipt after insert or update of status on public.payments
  for each row when (new.status = 'succeeded') execute function internal.queue_receipt();
