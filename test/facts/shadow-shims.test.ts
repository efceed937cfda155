import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHIM_VERSION, SHIMS } from '../../src/facts/shadow/shims.ts';
import { freshDatabase, type TestDatabase } from '../helpers/database.ts';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

describe('extensions of hosted Supabase', () => {
  it.each(SHIMS.map(({ name, schema }) => ({ name, fixed: schema !== undefined })))(
    'postgres creates $name',
    async ({ name, fixed }) => {
      await client.query(`create extension if not exists "${name}" ${fixed ? '' : 'with schema extensions'} cascade`);
      const { rows } = await client.query('select extversion from pg_extension where extname = $1', [name]);
      expect(rows).toEqual([{ extversion: SHIM_VERSION }]);
    },
  );

  it.each(['moddatetime', 'earthdistance', 'postgres_fdw', 'pg_trgm', 'citext', 'btree_gist'])(
    'postgres creates the real %s',
    async (name) => {
      await client.query(`create extension if not exists "${name}" with schema extensions cascade`);
      const { rows } = await client.query('select extversion from pg_extension where extname = $1', [name]);
      expect(rows[0].extversion).not.toBe(SHIM_VERSION);
    },
  );

  it('vector has its modifier, casts, distances and index methods', async () => {
    await client.query('create table v (id int, e vector(3))');
    await client.query('create index on v using hnsw (e vector_cosine_ops)');
    await client.query('create index on v using ivfflat (e vector_l2_ops)');
    await client.query(`insert into v values (1, '[1,2,3]'), (2, array[3, 2, 1]::real[])`);
    const { rows } = await client.query(`select id, e <-> '[1,2,3]' as far, format_type(a.atttypid, a.atttypmod) as type
      from v, pg_attribute a where a.attrelid = 'v'::regclass and a.attname = 'e' order by e <-> '[1,2,3]'`);
    expect(rows).toEqual([
      { id: 1, far: 0, type: 'vector(3)' },
      { id: 2, far: Math.sqrt(8), type: 'vector(3)' },
    ]);
  });

  it('postgis indexes and stores points', async () => {
    await client.query('create table places (at geography(point, 4326))');
    await client.query('create index on places using gist (at)');
    await client.query('insert into places select st_point(i, i)::geography from generate_series(1, 500) i');
    expect((await client.query('select st_astext(at) as at from places limit 1')).rows).toEqual([{ at: 'POINT(1 1)' }]);
  });

  it('pg_cron keeps jobs, pg_net its queue, vault its secrets, pgmq its messages', async () => {
    await client.query(
      `select cron.schedule('nightly', '0 3 * * *', 'select 1'), net.http_post(url := 'http://localhost', body := '{}'), vault.create_secret('x', 'name')`,
    );
    await client.query(`select pgmq.create('jobs')`);
    await client.query(`select pgmq.send('jobs', '{"a": 1}')`);
    const { rows } = await client.query(
      `select (select jobname from cron.job) as job, (select name from vault.decrypted_secrets) as secret, (select message from pgmq.read('jobs', 0, 1)) as message`,
    );
    expect(rows).toEqual([{ job: 'nightly', secret: 'name', message: { a: 1 } }]);
    await client.query(`select cron.unschedule('nightly')`);
  });

  it('http answers whatever the caller’s search_path is', async () => {
    await client.query('create extension if not exists http with schema extensions');
    await client.query(`set search_path = ''`);
    const { rows } = await client.query(
      `select status from extensions.http(('DELETE', 'http://localhost', array[extensions.http_header('a', 'b')], null, null)::extensions.http_request)`,
    );
    await client.query('reset search_path');
    expect(rows).toEqual([{ status: 503 }]);
  });
});
