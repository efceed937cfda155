-- Defect: the form says 200 characters, the table says nothing; the Data API does not ask the form.
alter table public.addresses add column gift_note text;
