-- Defect: made an administrator by hand for a holiday, without a second factor.
update public.profiles set is_admin = true where id = md5('harbor customer 31')::uuid;
