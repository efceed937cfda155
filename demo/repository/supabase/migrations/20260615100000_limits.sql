-- A forgotten transaction must not hold locks over lunch.
do $$
begin
  execute format('alter database %I set idle_in_transaction_session_timeout = %L', current_database(), '60s');
end;
$$;
