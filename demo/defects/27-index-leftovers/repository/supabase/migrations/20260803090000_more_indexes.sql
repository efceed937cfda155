-- Defect: orders_user_id_idx is the same index.
create index orders_by_customer on public.orders (user_id);
create index reviews_rating_idx on public.reviews (rating);
