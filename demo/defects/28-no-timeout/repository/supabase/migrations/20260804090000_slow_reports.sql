-- Defect: one slow query of one customer may now run for ever and hold a connection.
alter role authenticated set statement_timeout = 0;
