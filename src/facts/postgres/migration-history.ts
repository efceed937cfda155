import type { Facts } from '../../core/facts.ts';
import { statementsDigest, tokensDigest } from '../../core/sql.ts';
import { qualified } from '../../core/text.ts';
import { denied, type Facet, known } from './facets.ts';
import { type OptionalRelation, type Probe, readability } from './probe.ts';
import { QUERIES } from './queries.ts';
import { composeSql } from './sql-text.ts';

/** The key of the table of that name: in `home` where there is one, else the first by schema. */
function tableNamed(probe: Probe, name: string, home: string): string | undefined {
  return Object.keys(probe.optional)
    .filter((key) => probe.optional[key]?.name === name)
    .toSorted((a, b) => Number(b.startsWith(`${home}.`)) - Number(a.startsWith(`${home}.`)) || (a < b ? -1 : 1))[0];
}

function has(relation: OptionalRelation, ...columns: string[]): boolean {
  return columns.every((column) => relation.columns.includes(column));
}

const STORED = `(select pg_catalog.string_agg(s.text, E';\\n' order by s.place) from unnest(m.statements) with ordinality as s (text, place))`;

/** Each tool's table: where it is looked for, and the query over it; null for a table of that name which is something else. */
const TABLES: readonly {
  name: string;
  home: string;
  query(relation: OptionalRelation, table: string): string | null;
}[] = [
  {
    name: 'schema_migrations',
    home: 'supabase_migrations',
    query: (relation) =>
      relation.schema !== 'supabase_migrations'
        ? null
        : composeSql(QUERIES.migrationsSupabase, {
            migration_name: has(relation, 'name') ? 'm.name' : 'null::text',
            migration_digest: has(relation, 'statements') ? STORED : 'null::text',
          }),
  },
  {
    name: '_prisma_migrations',
    home: 'public',
    query: (relation, table) =>
      has(relation, 'migration_name', 'finished_at')
        ? composeSql(QUERIES.migrationsPrisma, { prisma_migrations: table })
        : null,
  },
  {
    name: '__drizzle_migrations',
    home: 'drizzle',
    query: (relation, table) =>
      has(relation, 'hash', 'created_at') ? composeSql(QUERIES.migrationsDrizzle, { drizzle_migrations: table }) : null,
  },
  {
    name: 'schema_migrations',
    home: 'public',
    query: (relation, table) =>
      relation.schema === 'supabase_migrations' || !has(relation, 'version')
        ? null
        : composeSql(QUERIES.migrationsNumbered, {
            numbered_migrations: table,
            is_dirty: has(relation, 'dirty') ? 'm.dirty' : 'false',
            is_last: has(relation, 'dirty') ? 'true' : 'false',
          }),
  },
  {
    name: 'goose_db_version',
    home: 'public',
    query: (relation, table) =>
      has(relation, 'version_id', 'is_applied')
        ? composeSql(QUERIES.migrationsGoose, { goose_migrations: table })
        : null,
  },
  {
    name: 'flyway_schema_history',
    home: 'public',
    query: (relation, table) =>
      has(relation, 'version', 'success', 'installed_rank')
        ? composeSql(QUERIES.migrationsFlyway, { flyway_migrations: table })
        : null,
  },
];

type Stored = Omit<Facts['migrationHistory'][number], 'tokensDigest'>;

/** What every migration tool with a table in the database recorded; denied when one of the tables may not be read. */
export const migrationHistory: Facet<'migrationHistory'> = ({ probe }) => {
  const reasons: string[] = [];
  const queries: string[] = [];
  for (const { name, home, query } of TABLES) {
    const key = tableNamed(probe, name, home);
    const relation = key === undefined ? undefined : probe.optional[key];
    if (key === undefined || !relation) continue;
    const sql = query(relation, qualified(relation.schema, relation.name));
    if (sql === null) continue;
    const access = readability(probe, key);
    if (access.state === 'denied') reasons.push(access.reason);
    else queries.push(sql);
  }
  if (reasons.length > 0) return denied<'migrationHistory'>(reasons.join('; '));
  if (queries.length === 0) return known<'migrationHistory'>([]);
  return {
    sql: queries.map((query) => `(${query}\n)`).join('\nunion all\n'),
    // The stored statements themselves go no further than this.
    shape: (rows: Stored[]) =>
      rows.map((row) =>
        row.tool === 'supabase' && row.digest !== null
          ? { ...row, digest: statementsDigest(row.digest), tokensDigest: tokensDigest(row.digest) }
          : { ...row, tokensDigest: null },
      ),
  };
};
