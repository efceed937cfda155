import pg from 'pg';
import { ADMIN_OPTIONS, AdminSession } from './admin-session.ts';
import { EXTENSION_GUARD } from './extension-guard.ts';
import type { ReplaySession } from './replay-file.ts';

/** The two ways into a database that a repository's SQL has run in, or will. */
export interface ReplayTarget {
  /** As role postgres. */
  url: string;
  /** As the superuser; on a server of --shadow-url the same login as `url`, whatever it is. */
  adminUrl: string;
}

/**
 * Opens a session for a repository's SQL, logged in as role postgres: no statement, trigger or function can get back to a
 * superuser who never was in the session. What hosted Supabase lets postgres do all the same goes over `admin`.
 * A superuser's login (a plain server of --shadow-url has no other) becomes `postgres` with each reset: that keeps honest SQL
 * to what it may do, and hostile SQL from nothing.
 */
export async function openReplaySession({ url, adminUrl }: ReplayTarget): Promise<ReplaySession> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'supaready',
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
  const { rows } = await client.query<{ pid: number; superuser: boolean; hosted: boolean; guarded: boolean }>(
    `select pg_catalog.pg_backend_pid() as pid, rolsuper as superuser, exists (select from pg_catalog.pg_roles where rolname = 'postgres') as hosted,
       pg_catalog.to_regprocedure('pg_catalog.supaready_extension_guard()') is not null as guarded
     from pg_catalog.pg_roles where rolname = current_user`,
  );
  const [{ pid, superuser, hosted, guarded } = { pid: 0, superuser: false, hosted: false, guarded: true }] = rows;
  const admin = (superuser ? hosted : url !== adminUrl) ? new AdminSession(adminUrl) : null;
  if (admin && !guarded) await (await admin.client()).query(`begin; ${EXTENSION_GUARD}; commit`);
  const cancel = () => {
    const options = admin ? { options: ADMIN_OPTIONS } : {};
    const other = new pg.Client({ connectionString: adminUrl, application_name: 'supaready', ...options });
    other.on('error', () => undefined);
    void other
      .connect()
      .then(() => other.query('select pg_catalog.pg_cancel_backend($1)', [pid]))
      .catch(() => undefined)
      .finally(() => other.end().catch(() => undefined));
  };
  const end = async () => {
    await Promise.all([client.end().catch(() => undefined), admin?.end()]);
  };
  return { client, admin, becomesPostgres: superuser && hosted, cancel, alive: () => alive, end };
}

/** A session like new, as role postgres: nothing that a file set lasts into the next. */
export async function resetSession({ client, becomesPostgres }: ReplaySession): Promise<void> {
  await client.query(
    `set session authorization default; reset all; close all; deallocate all; unlisten *; select pg_advisory_unlock_all(); discard sequences; discard temp`,
  );
  if (becomesPostgres) await client.query('set session authorization postgres');
}
