import type { Facts } from '../../core/facts.ts';
import { redactSetting } from '../../core/redact.ts';
import { counted, qualified } from '../../core/text.ts';
import type { CatalogueName, Facet, FacetContext } from './facets.ts';
import { known } from './facets.ts';
import { QUERIES } from './queries.ts';
import { composeSql } from './sql-text.ts';
import { withoutLiterals } from './statement-text.ts';

/** Facets about the server, its load and its statistics; parts of them are shown only to monitoring roles. */

type DatabaseRow = Omit<Facts['database'], 'exposedSchemas'> & {
  roleSchemas: string | null;
  sessionSchemas: string | null;
};

function schemaList(text: string | null): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
    .filter((name) => name !== '');
}

function databaseOf(row: DatabaseRow): Facts['database'] {
  const { roleSchemas, sessionSchemas, ...rest } = row;
  const ofRole = schemaList(roleSchemas);
  const ofSession = schemaList(sessionSchemas);
  if (ofRole.length > 0)
    return { ...rest, exposedSchemas: { schemas: ofRole, source: 'pgrst.db_schemas of role authenticator' } };
  if (ofSession.length > 0)
    return { ...rest, exposedSchemas: { schemas: ofSession, source: 'pgrst.db_schemas of this database' } };
  return { ...rest, exposedSchemas: null };
}

function first<R>(rows: readonly R[]): R {
  const row = rows[0];
  if (!row) throw new Error('the catalogue brought no row');
  return row;
}

const single = (rows: never[]) => first(rows);

function monitored(context: FacetContext, what: string): () => string[] {
  const { probe } = context;
  return () =>
    probe.readAllStats ? [] : [`${what} only a member of pg_read_all_stats may see; grant pg_monitor to ${probe.user}`];
}

function someNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

export const SERVER_FACETS = {
  database: ({ probe }) => ({
    sql: composeSql(QUERIES.database, {
      system_identifier: probe.controlSystem
        ? '(select c.system_identifier::text from pg_catalog.pg_control_system() c)'
        : 'null::text',
      actual_collation_version:
        probe.versionNum >= 150000 ? 'pg_catalog.pg_database_collation_actual_version(d.oid)' : 'null::text',
    }),
    shape: (rows: DatabaseRow[]) => databaseOf(first(rows)),
  }),
  access: ({ link, embedded }) => ({
    sql: composeSql(QUERIES.access),
    shape: (
      rows: Pick<
        Facts['access'],
        'currentUser' | 'superuser' | 'bypassRls' | 'createRole' | 'createDb' | 'writableTables'
      >[],
    ) => ({
      ...first(rows),
      tls: link.tls,
      local: link.local,
      path: embedded ? ('embedded' as const) : link.path,
      readOnlyGuard: link.readOnlyGuard,
    }),
  }),
  volatileDatabase: () => ({ sql: composeSql(QUERIES.volatileDatabase), shape: single }),
  settings: (context) => ({
    sql: composeSql(QUERIES.settings),
    shape: (rows: Facts['settings']) => rows.map((row) => ({ ...row, setting: redactSetting(row.name, row.setting) })),
    hidden: () =>
      context.probe.readAllSettings
        ? []
        : [`settings that only a member of pg_read_all_settings may see; grant pg_monitor to ${context.probe.user}`],
  }),
  sequenceValues: ({ probe }) => ({
    sql: composeSql(QUERIES.sequenceValues, { lock_slots: String(probe.lockSlots) }),
    hidden: (value) => {
      const unread = value.filter((row) => !row.readable).map((row) => qualified(row.schema, row.name));
      return unread.length === 0
        ? []
        : [`the value of ${counted(unread.length, 'sequence')} that ${probe.user} may not read: ${someNames(unread)}`];
    },
  }),
  columnStats: ({ probe }) => ({
    sql: composeSql(QUERIES.columnStats),
    shape: (rows: (Facts['columnStats'][number] & { hiddenTables?: string[] })[]) => rows,
    hidden: () =>
      probe.unreadableTables.length === 0
        ? []
        : [
            `statistics of ${counted(probe.unreadableTables.length, 'table')} whose columns ${probe.user} may not all read: ${someNames(probe.unreadableTables)}`,
          ],
  }),
  activity: (context) => ({
    sql: composeSql(QUERIES.activity, { read_all_stats: String(context.probe.readAllStats) }),
    shape: single,
    hidden: monitored(context, 'state and queries of other roles’ sessions'),
  }),
  statements: (context) => {
    const found = Object.values(context.probe.optional).find((relation) => relation.name === 'pg_stat_statements');
    if (!found) return known<'statements'>(null);
    if (!found.columns.includes('total_exec_time')) {
      return {
        known: {
          status: 'absent',
          reason: 'pg_stat_statements is older than 1.8; run alter extension pg_stat_statements update',
          ms: 0,
        },
      };
    }
    return {
      sql: composeSql(QUERIES.statements, { pg_stat_statements: qualified(found.schema, found.name) }),
      shape: (rows: NonNullable<Facts['statements']>[]) => {
        const value = first(rows);
        return { ...value, top: value.top.map((row) => ({ ...row, query: withoutLiterals(row.query) })) };
      },
      hidden: monitored(context, 'statements of other roles'),
    };
  },
  replicationSlots: () => ({ sql: composeSql(QUERIES.replicationSlots) }),
} satisfies { [N in CatalogueName]?: Facet<N> };
