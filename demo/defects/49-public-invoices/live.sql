-- Defect: made public in the dashboard so that a link works; the repository says private.
update storage.buckets set public = true where id = 'invoices';
