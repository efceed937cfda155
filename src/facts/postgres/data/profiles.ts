import { qualified, quoteIdent } from '../../../core/text.ts';
import { key, ownTables, type Plan } from './tables.ts';

export interface ProfileTable {
  schema: string;
  table: string;
  /** The column that holds the user's id. */
  column: string;
}

/** Best first. One row a user is what the first four are for; accounts and customers only when the reference is unique. */
const NAMES = ['profiles', 'profile', 'user_profiles', 'users', 'accounts', 'customers'];
const LOOSE = new Set(NAMES.slice(0, 4));

/** The table with one row for each user of Supabase Auth, or null when none is recognised or auth.users is missing. */
export function profileTable(plan: Plan): ProfileTable | null {
  const userIdType = plan.columns.find(
    (column) => column.schema === 'auth' && column.relation === 'users' && column.name === 'id',
  )?.type;
  if (userIdType === undefined) return null;
  const rank = (schema: string, table: string) => NAMES.indexOf(table) * 2 + (schema === 'public' ? 0 : 1);
  const candidates = ownTables(plan)
    .filter((table) => NAMES.includes(table.name))
    .toSorted((a, b) => rank(a.schema, a.name) - rank(b.schema, b.name));
  for (const { schema, name: table } of candidates) {
    const column = userColumn(plan, schema, table, userIdType);
    if (column !== null) return { schema, table, column };
  }
  return null;
}

function userColumn(plan: Plan, schema: string, table: string, userIdType: string): string | null {
  const constraints = plan.constraints.filter(
    (constraint) => constraint.schema === schema && constraint.table === table,
  );
  const single = constraints.filter((constraint) => constraint.columns.length === 1);
  const unique = new Set(
    single.filter(({ type }) => type === 'p' || type === 'u').map((constraint) => constraint.columns[0]),
  );
  const keys = single.filter(
    ({ type, references }) => type === 'f' && references?.schema === 'auth' && references.table === 'users',
  );
  const referencing = keys.map((constraint) => constraint.columns[0] ?? '');
  const best = referencing.find((column) => unique.has(column)) ?? (LOOSE.has(table) ? referencing[0] : undefined);
  if (best !== undefined) return best;
  if (!LOOSE.has(table)) return null;
  const named = ['id', 'user_id'].find(
    (column) =>
      unique.has(column) &&
      plan.columns.some(
        (c) => key(c.schema, c.relation, c.name) === key(schema, table, column) && c.type === userIdType,
      ),
  );
  return named ?? null;
}

/** Counts both ways; users younger than five minutes may still be waiting for their profile. */
export function paritySql(plan: Plan, profile: ProfileTable): string {
  const has = (column: string) =>
    plan.columns.some((c) => c.schema === 'auth' && c.relation === 'users' && c.name === column);
  const table = qualified(profile.schema, profile.table);
  const column = quoteIdent(profile.column);
  const settled = [
    "u.created_at < now() - interval '5 minutes'",
    ...(has('is_anonymous') ? ['not coalesce(u.is_anonymous, false)'] : []),
    ...(has('deleted_at') ? ['u.deleted_at is null'] : []),
  ].join(' and ');
  return `select
    (select count(*) from auth.users u where ${settled} and not exists (select from ${table} p where p.${column} = u.id))::text as without_profile,
    (select count(*) from ${table} p where p.${column} is not null and not exists (select from auth.users u where u.id = p.${column}))::text as without_user`;
}
