import pg from 'pg';

/** Columns of the catalogue that the server changes by itself (vacuum, statistics). */
const OWN: Readonly<Record<string, readonly string[]>> = {
  pg_class: ['relpages', 'reltuples', 'relallvisible', 'relallfrozen', 'relfrozenxid', 'relminmxid'],
  pg_database: ['datfrozenxid', 'datminmxid'],
};

/** Everything there is, by name: rows with the transactions that wrote and locked them, sequences, settings, roles. */
export async function stateOf(client: pg.Client): Promise<Map<string, string>> {
  const state = new Map<string, string>();
  const { rows: tables } = await client.query<{ schema: string; name: string; kind: string }>(
    `select n.nspname as schema, c.relname as name, c.relkind as kind from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm', 'S') and n.nspname <> 'pg_toast' and c.relname not like 'pg_statistic%' and c.relpersistence <> 't' order by 1, 2`,
  );
  for (const { schema, name, kind } of tables) {
    const own = schema === 'pg_catalog' ? (OWN[name] ?? []) : [];
    const row =
      kind === 'S'
        ? "concat_ws(' ', t.last_value, t.log_cnt, t.is_called)"
        : own.length === 0
          ? 't::text'
          : `(to_jsonb(t) - '{${own.join(',')}}'::text[])::text`;
    // The catalogue's own rows are written again by the server's upkeep; what they say stays.
    const writer = kind === 'S' || own.length > 0 ? "''" : 't.xmin::text || t.xmax::text || t.ctid::text';
    const { rows } = await client.query<{ digest: string }>(
      `select count(*) || ' ' || md5(coalesce(string_agg(md5(${row} || ${writer}), '' order by md5(${row} || ${writer})), '')) as digest from ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)} t`,
    );
    state.set(`${schema}.${name}`, rows[0]?.digest ?? '');
  }
  const { rows: settings } = await client.query<{ name: string; setting: string }>(
    `select name, reset_val as setting from pg_settings where name not in ('application_name')`,
  );
  for (const { name, setting } of settings) state.set(`setting ${name}`, setting);
  // Whoever writes anything, or locks a row, takes a transaction's number first.
  const { rows } = await client.query<{ next: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as next');
  state.set('next transaction', rows[0]?.next ?? '');
  return state;
}

/** Watches the locks of the audit's sessions until it is told to stop: those beyond the modes allowed. */
export function watchLocks(
  client: pg.Client,
  allowed: readonly string[] = ['AccessShareLock'],
): () => Promise<{ seen: number; beyond: string[] }> {
  const beyond = new Set<string>();
  let seen = 0;
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const { rows } = await client.query<{ mode: string; type: string; relation: string | null; kind: string | null }>(
        `select l.mode, l.locktype as type, l.relation::regclass::text as relation,
           (select relkind from pg_class c where c.oid = l.relation) as kind from pg_locks l join pg_stat_activity a using (pid) where a.application_name = 'supaready'`,
      );
      seen += rows.length;
      for (const { mode, type, relation, kind } of rows) {
        // pg_sequence_last_value() takes the lock of nextval(), which lets everybody read and draw numbers.
        if (kind === 'S' && mode === 'RowExclusiveLock') continue;

        if (!allowed.includes(mode) && type !== 'virtualxid') beyond.add(`${mode} ${type} ${relation ?? ''}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  return async () => {
    stopped = true;
    await watching;
    return { seen, beyond: [...beyond] };
  };
}
