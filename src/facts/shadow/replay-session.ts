import pg from 'pg';
import type { ReplaySession } from './replay-file.ts';
import type { PostgresServer } from './server.ts';

/** Opens a session for migrations: as the superuser, who becomes role `postgres` with each reset. */
export async function openReplaySession(server: Pick<PostgresServer, 'url'>, database: string): Promise<ReplaySession> {
  const connection = { connectionString: server.url(database, 'supabase_admin'), application_name: 'supaready' };
  const client = new pg.Client({
    ...connection,
    // The reset values of the session: search_path as role postgres has it; migrations of old could empty buckets.
    options:
      '-c search_path="$user",\\ public,\\ extensions -c storage.allow_delete_query=true -c client_min_messages=warning',
  });
  let alive = true;
  const dead = () => {
    alive = false;
  };
  client.on('error', dead);
  client.on('end', dead);
  await client.connect();
  const { rows } = await client.query<{ pid: number; elevate: boolean }>(
    `select pg_backend_pid() as pid, rolsuper and exists (select from pg_roles where rolname = 'postgres') as elevate from pg_roles where rolname = current_user`,
  );
  const [{ pid, elevate } = { pid: 0, elevate: false }] = rows;
  const cancel = () => {
    const other = new pg.Client(connection);
    other.on('error', () => undefined);
    void other
      .connect()
      .then(() => other.query('select pg_cancel_backend($1)', [pid]))
      .catch(() => undefined)
      .finally(() => other.end().catch(() => undefined));
  };
  return { client, canElevate: elevate, cancel, alive: () => alive };
}

/** A session like new, as role postgres: nothing that a file set lasts into the next. */
export async function resetSession({ client, canElevate }: ReplaySession): Promise<void> {
  await client.query(
    `set session authorization default; reset all; close all; deallocate all; unlisten *; select pg_advisory_unlock_all(); discard sequences; discard temp`,
  );
  if (canElevate) await client.query('set session authorization postgres');
}
