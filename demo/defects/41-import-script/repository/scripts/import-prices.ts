// Defect: every certificate is good now, the attacker's too.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';

import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query('select 1');
await client.end();
