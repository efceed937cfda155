-- Defect: a reg* column keeps PostgreSQL from being upgraded.
alter table internal.job_queue add column handler regprocedure;
