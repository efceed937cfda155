import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Column, Constraint, Index, Relation } from '../../../core/facts.ts';
import { parseStatements } from '../../../core/sql.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { columnList } from '../../lib/foreign-keys.ts';
import { columnsByTable, groupBy, indexesByTable, keyOf, tableRef, userTables } from '../../lib/tables.ts';

/** Columns of a partition key, or null when it holds an expression (a primary key is then impossible). */
function partitionColumns(partitionKey: string): string[] | null {
  const node = parseStatements(`create table t (a int) partition by ${partitionKey}`)?.[0];
  const parameters = node && 'CreateStmt' in node ? (node.CreateStmt.partspec?.partParams ?? []) : [];
  const names = parameters.map((part) => ('PartitionElem' in part ? part.PartitionElem.name : undefined));
  return names.every((name) => name !== undefined) ? names.filter((name) => name !== undefined) : null;
}

interface Around {
  columns: readonly Column[];
  indexes: readonly Index[];
  foreignKeys: readonly Constraint[];
}

/** SQL that gives the table a primary key from what it has: a unique NOT NULL key, the pair of a join table, its `id`, or a new identity. */
function keySql(table: Relation, around: Around): { sql: string | null; words: string } {
  const name = qualified(table.schema, table.name);
  const notNull = new Set(around.columns.filter((column) => column.notNull).map((column) => column.name));
  const candidate = around.indexes.find(
    (index) =>
      index.unique &&
      index.valid &&
      index.predicate === null &&
      index.columns.every((column) => column !== null && notNull.has(column)),
  );
  if (candidate) {
    const columns = candidate.columns.filter((column) => column !== null);
    const words = `The unique key ${candidate.name} is NOT NULL throughout and can become the primary key.`;
    if (candidate.constraint || table.kind === 'partitioned table' || candidate.include.length > 0) {
      return { sql: `alter table ${name} add primary key (${columnList(columns)})`, words };
    }
    return {
      sql: `alter table ${name} add constraint ${quoteIdent(`${table.name}_pkey`.slice(0, 63))} primary key using index ${quoteIdent(candidate.name)}`,
      words,
    };
  }
  if (table.partitionKey !== null) {
    const partition = partitionColumns(table.partitionKey);
    if (partition === null)
      return { sql: null, words: 'Its partition key is an expression, which no primary key can contain.' };
    return {
      sql: `alter table ${name} add column id uuid not null default gen_random_uuid(), add primary key (${columnList(['id', ...partition])})`,
      words:
        'No unique NOT NULL key is there to promote; a partitioned table’s key must contain its partition columns.',
    };
  }
  const keyed = around.foreignKeys.flatMap((key) => key.columns);
  const rest = around.columns.filter((column) => !keyed.includes(column.name));
  if (
    around.foreignKeys.length === 2 &&
    rest.every((column) => column.default !== null || column.type.startsWith('timestamp'))
  ) {
    return {
      sql: `alter table ${name} add primary key (${columnList([...new Set(keyed)])})`,
      words: 'It joins two tables, so the pair is its key; remove duplicate pairs first.',
    };
  }
  if (around.columns.some((column) => column.name === 'id')) {
    return {
      sql: `alter table ${name} add primary key (id)`,
      words: 'It has a column id that is no key; remove duplicates and NULLs first.',
    };
  }
  return {
    sql: `alter table ${name} add column id bigint generated always as identity primary key`,
    words: 'No unique NOT NULL key is there to promote.',
  };
}

export const noPrimaryKey = defineCheck({
  id: 'no-primary-key',
  rev: 1,
  title: 'Every table has a primary key',
  why: 'Without a key two identical rows cannot be told apart, and replication (Realtime, read replicas, pipelines) cannot apply updates and deletes.',
  severity: 'medium',
  aliases: ['no_primary_key'],
  source:
    'Supabase lint 0004 no_primary_key, partitioned tables included; PostgreSQL docs, “Publication” (replica identity)',
  remedy: 'Add a primary key: the natural unique key where there is one, an identity column otherwise.',
  falseAlarms:
    'Partitions are judged through their root; foreign tables cannot have a key; the books of migration tools are not the project’s.',
  item: 'c',
  matrix: 'Schema',
  needs: ['relations', 'columns', 'constraints', 'indexes', 'publications'],
  evaluate({ facts }) {
    const tables = userTables(facts.relations);
    const keyed = new Set(
      facts.constraints.filter(({ type }) => type === 'p').map(({ schema, table }) => keyOf(schema, table)),
    );
    const missing = tables.filter((table) => !keyed.has(keyOf(table.schema, table.name)));
    if (missing.length === 0) return evaluated(tables.length, 'table', []);
    const columns = columnsByTable(facts.columns);
    const indexes = indexesByTable(facts.indexes);
    const foreignKeys = groupBy(
      facts.constraints.filter(({ type }) => type === 'f'),
      ({ schema, table }) => keyOf(schema, table),
    );
    const publishing = facts.publications.filter((publication) => publication.update || publication.delete);
    const findings = missing.map((table) => {
      const key = keyOf(table.schema, table.name);
      const name = qualified(table.schema, table.name);
      const published = publishing.find(
        (publication) =>
          publication.allTables ||
          publication.tables.some(([schema, relation]) => schema === table.schema && relation === table.name),
      );
      const stuck = published !== undefined && table.replicaIdentity !== 'f' && table.replicaIdentity !== 'i';
      const { sql, words } = keySql(table, {
        columns: columns.get(key) ?? [],
        indexes: indexes.get(key) ?? [],
        foreignKeys: foreignKeys.get(key) ?? [],
      });
      return {
        object: tableRef(table),
        severity: stuck ? ('high' as const) : ('medium' as const),
        message: stuck
          ? `${name} has no primary key but is published: every UPDATE and DELETE on it fails`
          : `${name} has no primary key: duplicate rows cannot be told apart or removed, and it cannot be replicated`,
        detail: stuck ? `The publication ${published.name} publishes its updates and deletes. ${words}` : words,
        fix: { sql },
      };
    });
    return evaluated(tables.length, 'table', findings);
  },
});
