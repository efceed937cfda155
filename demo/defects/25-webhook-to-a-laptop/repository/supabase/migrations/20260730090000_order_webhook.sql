-- Defect: a database webhook to somebody's laptop.
create trigger orders_webhook after insert on public.orders
  for each row execute function supabase_functions.http_request('http://localhost:3000/api/orders', 'POST', '{"Content-Type":"application/json"}', '{}', '5000');
