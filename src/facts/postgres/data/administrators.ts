import type { Facts } from '../../../core/facts.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { type Outcome, type Scan, seen } from './scan.ts';
import { key, ownTables, type Plan } from './tables.ts';

type Administrators = Facts['administrators'][number];

const FLAG = /^(?:is_?)?(?:super_?)?admin(?:istrator)?$/i;
const ROLE = /^(?:user_?|app_?|global_?|platform_?)?roles?(?:_name)?$/i;
/** Tables with a row for each role of a user, where the user alone is no key. */
const ROLE_TABLES = /^(?:user_?roles?|admins?|admin_users?|app_admins?|platform_admins?|super_?admins?|staff_roles)$/i;
const WORDS = "('admin', 'administrator', 'superadmin', 'super_admin', 'super-admin', 'root')";

interface Candidate {
  schema: string;
  table: string;
  column: string;
  user: string;
  condition: string;
}

/**
 * Columns by which a table with one row a user, or of users' roles, makes administrators. Roles inside a team (a key over team
 * and user) are left out: its administrators are customers.
 */
export function adminColumns(plan: Plan): Candidate[] {
  const tables = new Set(ownTables(plan).map(({ schema, name }) => key(schema, name)));
  const users = new Map<string, string>();
  const uniqueOn = new Set(
    plan.constraints
      .filter(({ type, columns }) => (type === 'p' || type === 'u') && columns.length === 1)
      .map(({ schema, table, columns }) => key(schema, table, columns[0])),
  );
  for (const { schema, table, type, columns, references } of plan.constraints) {
    const [column] = columns;
    if (type !== 'f' || columns.length !== 1 || column === undefined || !tables.has(key(schema, table))) continue;
    if (references?.schema !== 'auth' || references.table !== 'users') continue;
    if (uniqueOn.has(key(schema, table, column)) || ROLE_TABLES.test(table)) users.set(key(schema, table), column);
  }
  return plan.columns.flatMap(({ schema, relation: table, name: column, type }): Candidate[] => {
    const user = users.get(key(schema, table));
    if (user === undefined) return [];
    const place = `t.${quoteIdent(column)}`;
    if (type === 'boolean' && FLAG.test(column))
      return [{ schema, table, column, user, condition: `${place} is true` }];
    if (ROLE.test(column) && !/^(?:boolean|integer|bigint|smallint|uuid|json)/.test(type))
      return [{ schema, table, column, user, condition: `lower(${place}::text) in ${WORDS}` }];
    return [];
  });
}

/** Counts administrators kept in the project's own tables, and those of them with a verified second factor. */
export async function countAdministrators({ ask, plan, options }: Scan): Promise<Outcome<'administrators'>> {
  const has = (relation: string, column: string) =>
    plan.columns.some((c) => c.schema === 'auth' && c.relation === relation && c.name === column);
  const confirmed =
    ['email_confirmed_at', 'phone_confirmed_at']
      .filter((column) => has('users', column))
      .map((c) => `u.${c} is not null`)
      .join(' or ') || 'true';
  const factor = has('mfa_factors', 'user_id')
    ? "exists (select from auth.mfa_factors f where f.user_id = u.id and f.status::text = 'verified')"
    : 'false';
  const candidates = adminColumns(plan);
  const facts: Administrators[] = [];
  for (const { schema, table, column, user, condition } of candidates) {
    const answer = await ask<{ admins: string; confirmed: string; secured: string }>(
      `select count(*)::text as admins, count(*) filter (where a.confirmed)::text as confirmed, count(*) filter (where a.secured)::text as secured
from (select distinct u.id, (${confirmed}) as confirmed, ${factor} as secured from ${qualified(schema, table)} t join auth.users u on u.id = t.${quoteIdent(user)} where ${condition}) a`,
    );
    const fact = { schema, table, column, admins: 0, confirmed: 0, withVerifiedMfa: 0, error: null };
    const row = 'rows' in answer ? answer.rows[0] : undefined;
    facts.push(
      'error' in answer
        ? { ...fact, error: answer.error }
        : {
            ...fact,
            admins: Number(row?.admins),
            confirmed: Number(row?.confirmed),
            withVerifiedMfa: Number(row?.secured),
          },
    );
    options.onProgress?.(`administrators in ${schema}.${table}`, facts.length, candidates.length);
  }
  return seen(facts);
}
