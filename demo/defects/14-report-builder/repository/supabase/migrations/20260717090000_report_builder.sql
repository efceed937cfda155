-- Defect: the argument becomes SQL, run with the owner's rights.
create function public.count_rows(relation text) returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  result bigint;
begin
  if auth.uid() is null then
    raise exception 'sign in first' using errcode = '42501';
  end if;
  execute 'select count(*) from public.' || relation into result;
  return result;
end;
$$;
comment on function public.count_rows(text) is 'For the numbers on the dashboard.';
grant execute on function public.count_rows(text) to authenticated;
