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

export const SCHEMA_FACETS = {
  roleSettings: () => ({
    sql: composeSql(QUERIES.roleSettings),
    shape: (rows: { name: string; setting: string; database: string | null; role: string | null }[]) =>
      rows.map((row) => ({ ...row, setting: redactSetting(row.name, row.setting) })),
  }),
  roles: () => ({ sql: composeSql(QUERIES.roles) }),
  schemas: () => ({ sql: composeSql(QUERIES.schemas), shape: redacting('comment') }),
  relations: () => ({ sql: composeSql(QUERIES.relations), shape: redacting('comment', 'options') }),
  functions: () => ({ sql: composeSql(QUERIES.functions), shape: redacting('body', 'comment', 'arguments', 'config') }),
  triggers: () => ({ sql: composeSql(QUERIES.triggers), shape: redacting('definition') }),
  views: () => ({ sql: composeSql(QUERIES.views), shape: redacting('definition') }),
  types: () => ({ sql: composeSql(QUERIES.types), shape: redacting('definition', 'labels') }),
  sequences: () => ({ sql: composeSql(QUERIES.sequences) }),
  extensions: () => ({ sql: composeSql(QUERIES.extensions) }),
  publications: () => ({ sql: composeSql(QUERIES.publications) }),
  defaultAcls: () => ({ sql: composeSql(QUERIES.defaultAcls) }),
  eventTriggers: () => ({ sql: composeSql(QUERIES.eventTriggers) }),
  securityLabels: () => ({ sql: composeSql(QUERIES.securityLabels), shape: redacting('label') }),
} satisfies { [N in CatalogueName]?: Facet<N> };
