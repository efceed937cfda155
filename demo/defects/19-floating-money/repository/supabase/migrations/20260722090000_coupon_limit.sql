-- Defect: money in floating point: 0.1 + 0.2 is not 0.3.
alter table public.coupons add column max_amount double precision;
