-- Defect: a shelf imported with its number; the sequence hands the same number out next.
insert into public.categories (id, slug, name) overriding system value
select max(id) + 1, 'pickled', 'Pickled' from public.categories;
