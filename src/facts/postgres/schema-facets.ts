import type { Facts, Row } from '../../core/facts.ts';
import { redact, redactSetting } from '../../core/redact.ts';
import type { CatalogueName, Facet } from './facets.ts';
import { QUERIES } from './queries.ts';
import { composeSql } from './sql-text.ts';

/*
 * Facets of pg_catalog that every role may read whole: a role with nothing but CONNECT sees every relation, policy and
 * function, only not the rows.
 */

/** Hides secrets in these text columns of the rows, in place: there can be tens of thousands of rows. */
function redacting<R extends object>(...keys: (keyof R)[]): (rows: R[]) => R[] {
  return (rows) => {
    for (const row of rows) {
      for (const key of keys) {
        const text = row[key];
        if (typeof text === 'string') row[key] = redact(text) as R[typeof key];
        else if (Array.isArray(text)) row[key] = text.map((item: string) => redact(item)) as R[typeof key];
      }
    }
    return rows;
  };
}

function redactedDomain(domain: NonNullable<Row<'types'>['domain']>): NonNullable<Row<'types'>['domain']> {
  return {
    ...domain,
    default: domain.default === null ? null : redact(domain.default),
    checks: domain.checks.map(([name, definition]) => [name, redact(definition)]),
  };
}

/** Column lists, row filters and whole schemas came with PostgreSQL 15. */
const PUBLICATIONS_15 = {
  member_columns: `(
      select pg_catalog.json_agg(a.attname order by a.attname)
      from pg_catalog.pg_attribute a
      where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)
    )`,
  member_where: 'pg_catalog.pg_get_expr(r.prqual, r.prrelid)',
  publication_schemas: `array(
    select n.nspname::text
    from pg_catalog.pg_publication_namespace s
    join pg_catalog.pg_namespace n on n.oid = s.pnnspid
    where s.pnpubid = p.oid
    order by n.nspname
  )`,
};
const PUBLICATIONS_BEFORE = {
  member_columns: 'null::json',
  member_where: 'null::text',
  publication_schemas: "'{}'::text[]",
};

export const SCHEMA_FACETS = {
  roleSettings: () => ({
    sql: composeSql(QUERIES.roleSettings),
    shape: (rows: { name: string; setting: string; database: string | null; role: string | null }[]) =>
      rows.map((row) => ({ ...row, setting: redactSetting(row.name, row.setting) })),
  }),
  roles: () => ({ sql: composeSql(QUERIES.roles) }),
  schemas: () => ({ sql: composeSql(QUERIES.schemas), shape: redacting('comment') }),
  relations: () => ({ sql: composeSql(QUERIES.relations), shape: redacting('comment', 'options', 'foreignOptions') }),
  functions: () => ({
    sql: composeSql(QUERIES.functions),
    shape: redacting('body', 'comment', 'arguments', 'parameters', 'config'),
  }),
  triggers: () => ({ sql: composeSql(QUERIES.triggers), shape: redacting('definition') }),
  views: () => ({ sql: composeSql(QUERIES.views), shape: redacting('definition') }),
  types: () => ({
    sql: composeSql(QUERIES.types),
    shape: (rows: Facts['types']) =>
      redacting<Row<'types'>>(
        'definition',
        'labels',
        'comment',
      )(rows).map((row) => (row.domain === null ? row : { ...row, domain: redactedDomain(row.domain) })),
  }),
  sequences: () => ({ sql: composeSql(QUERIES.sequences) }),
  extensions: () => ({ sql: composeSql(QUERIES.extensions) }),
  publications: ({ probe }) => ({
    sql: composeSql(QUERIES.publications, probe.versionNum >= 150000 ? PUBLICATIONS_15 : PUBLICATIONS_BEFORE),
    shape: (rows: Facts['publications']) =>
      rows.map((row) => ({ ...row, members: redacting<(typeof row.members)[number]>('where')(row.members) })),
  }),
  defaultAcls: () => ({ sql: composeSql(QUERIES.defaultAcls) }),
  eventTriggers: () => ({ sql: composeSql(QUERIES.eventTriggers) }),
  rules: () => ({ sql: composeSql(QUERIES.rules), shape: redacting('definition') }),
  statisticsObjects: () => ({ sql: composeSql(QUERIES.statisticsObjects) }),
  foreignServers: () => ({ sql: composeSql(QUERIES.foreignServers), shape: redacting('options') }),
  comments: () => ({ sql: composeSql(QUERIES.comments), shape: redacting('comment') }),
  otherObjects: () => ({ sql: composeSql(QUERIES.otherObjects), shape: redacting('definition') }),
  securityLabels: () => ({ sql: composeSql(QUERIES.securityLabels), shape: redacting('label') }),
} satisfies { [N in CatalogueName]?: Facet<N> };
