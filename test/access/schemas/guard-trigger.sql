-- Policies let the owner's id be changed; a trigger does not. Another one says whose a new row is, whatever was sent.
create table public.listings (id bigint generated always as identity primary key, seller_id uuid not null references auth.users, title text not null);
create function public.keep_seller() returns trigger language plpgsql as $$ begin if new.seller_id is distinct from old.seller_id then raise exception 'the seller stays'; end if; return new; end $$;
create trigger keep_seller before update on public.listings for each row execute function public.keep_seller();
create function public.set_seller() returns trigger language plpgsql as $$ begin if auth.uid() is not null then new.seller_id := auth.uid(); end if; return new; end $$;
create trigger set_seller before insert on public.listings for each row execute function public.set_seller();
alter table public.listings enable row level security;
create policy "read" on public.listings for select using (true);
create policy "sell" on public.listings for insert to authenticated with check (true);
create policy "change" on public.listings for update to authenticated using (seller_id = (select auth.uid())) with check (true);

-- truth     who     select insert update delete
-- listings  anon    f      .      .      .
-- listings  A,B,C   of     o      o      .
