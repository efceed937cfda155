-- Defect: drops a column that the account page still reads, and has not been applied.
alter table public.profiles drop column locale;
