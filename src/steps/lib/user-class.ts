import type { Column, Constraint, Relation } from '../../core/facts.ts';
import { type ForeignKey, keysByTarget } from './foreign-keys.ts';
import { perFacet, perText } from './memo.ts';
import { columnsByTable, keyOf, words } from './tables.ts';

/** Single words, and pairs of words, of column names that say what personal data a column holds. */
const PERSONAL: Readonly<Record<string, string>> = {
  email: 'e-mail addresses',
  mail: 'e-mail addresses',
  phone: 'phone numbers',
  mobile: 'phone numbers',
  firstname: 'names',
  lastname: 'names',
  fullname: 'names',
  surname: 'names',
  birthday: 'birth dates',
  birthdate: 'birth dates',
  dob: 'birth dates',
  address: 'addresses',
  street: 'addresses',
  iban: 'bank accounts',
  ssn: 'social security numbers',
  passport: 'passport numbers',
  'full name': 'names',
  'first name': 'names',
  'last name': 'names',
  'given name': 'names',
  'family name': 'names',
  'birth date': 'birth dates',
  'date birth': 'birth dates',
  'postal code': 'addresses',
  'zip code': 'addresses',
  'ip address': 'IP addresses',
};
/** `address` of a wallet, host or contract is no person's. */
const NO_ADDRESS = new Set(['wallet', 'contract', 'mac', 'host', 'token', 'chain', 'eth']);
const ABOUT_IT = new Set(['verified', 'confirmed', 'at', 'count', 'enabled', 'sent', 'id', 'template', 'type']);

/** What personal data a column holds by its name, in words; null for none. */
const personalKind = perText((column): string | null => {
  const parts = words(column);
  // A flag or a time about it is not it: email_verified, phone_confirmed_at.
  if (parts.some((part) => ABOUT_IT.has(part))) return null;
  let found: string | null = null;
  for (const [at, part] of parts.entries()) {
    found ??= PERSONAL[`${part} ${parts[at + 1] ?? ''}`] ?? null;
    if (found === null && !(part === 'address' && parts.some((word) => NO_ADDRESS.has(word))))
      found = PERSONAL[part] ?? null;
  }
  return found;
});

/** Keys that lead from a table to auth.users, in their order; the shortest way. Empty for none. */
export type PathToUsers = readonly ForeignKey[];

/** The shortest way of foreign keys to auth.users, from each table (keyOf) whose rows so belong to somebody. */
export const pathsToUsers: (constraints: readonly Constraint[]) => ReadonlyMap<string, PathToUsers> = perFacet(
  (constraints: readonly Constraint[]) => {
    const children = keysByTarget(constraints);
    const start = keyOf('auth', 'users');
    const paths = new Map<string, PathToUsers>([[start, []]]);
    const open = [start];
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      for (const key of children.get(next) ?? []) {
        const child = keyOf(key.schema, key.table);
        if (paths.has(child)) continue;
        paths.set(child, [key, ...(paths.get(next) ?? [])]);
        open.push(child);
      }
    }
    paths.delete(start);
    return paths;
  },
);

/** Whose data a table holds, as far as its keys and its columns' names tell. */
export interface UserClass {
  /** `users`: each row belongs to a user. `contacts`: personal data of people without a key to users. `none`: no sign of either. */
  kind: 'users' | 'contacts' | 'none';
  path: PathToUsers;
  /** What personal data, and in which columns: `e-mail addresses (email)`. */
  personal: readonly string[];
}

/** The class of a table's data (CATALOGUE 2.2a: a path of foreign keys to auth.users, or names of personal data). */
export function userClassOf(
  table: Pick<Relation, 'schema' | 'name'>,
  facts: { constraints: readonly Constraint[]; columns: readonly Column[] },
): UserClass {
  const key = keyOf(table.schema, table.name);
  const path = pathsToUsers(facts.constraints).get(key) ?? [];
  const byKind = new Map<string, Set<string>>();
  const note = (kind: string, column: string) => byKind.set(kind, (byKind.get(kind) ?? new Set()).add(column));
  for (const { name, type } of columnsByTable(facts.columns).get(key) ?? []) {
    const kind =
      /^(bool|timestamp|date$|integer|bigint|smallint)/.test(type) && !/birth|dob|phone|ssn/i.test(name)
        ? null
        : personalKind(name);
    if (kind !== null) note(kind, name);
  }
  const personal = [...byKind].map(([kind, columns]) => `${kind} (${[...columns].join(', ')})`);
  return { kind: path.length > 0 ? 'users' : personal.length > 0 ? 'contacts' : 'none', path, personal };
}
