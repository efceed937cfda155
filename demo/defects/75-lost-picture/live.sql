-- Defect: a picture was renamed in storage, but not in the row that shows it.
update public.products set image_path = 'old-' || slug || '.jpg' where slug = (select min(slug) from public.products);
