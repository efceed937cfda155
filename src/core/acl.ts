/** One aclitem, e.g. `anon=arwd/postgres`, read. */
export interface AclEntry {
  /** Role name; `public` for PUBLIC (a role cannot have that name). */
  grantee: string;
  /** Privilege letters as PostgreSQL's table "ACL Privilege Abbreviations" has them, without grant-option stars. */
  privileges: string;
  /** The same with the stars: a `*` after a letter is its grant option. */
  granted: string;
  grantor: string;
}

export const PRIVILEGE = {
  select: 'r',
  insert: 'a',
  update: 'w',
  delete: 'd',
  truncate: 'D',
  references: 'x',
  trigger: 't',
  maintain: 'm',
  usage: 'U',
  create: 'C',
  execute: 'X',
} as const;
export type Privilege = keyof typeof PRIVILEGE;

function readName(text: string, from: number): { name: string; end: number } {
  if (text[from] !== '"') {
    let end = from;
    while (end < text.length && text[end] !== '=' && text[end] !== '/') end++;
    return { name: text.slice(from, end), end };
  }
  let name = '';
  let at = from + 1;
  while (at < text.length) {
    if (text[at] === '"') {
      if (text[at + 1] !== '"') return { name, end: at + 1 };
      at++;
    }
    name += text[at];
    at++;
  }
  return { name, end: at };
}

const parsed = new Map<string, AclEntry>();

/** Reads one aclitem text. Source: PostgreSQL docs, "Privileges" (ddl-priv). */
export function parseAclItem(text: string): AclEntry {
  const known = parsed.get(text);
  if (known) return known;
  const grantee = readName(text, 0);
  const slash = text.indexOf('/', grantee.end);
  const granted = text.slice(grantee.end + 1, slash);
  const entry: AclEntry = {
    grantee: grantee.name === '' ? 'public' : grantee.name,
    privileges: granted.replaceAll('*', ''),
    granted,
    grantor: readName(text, slash + 1).name,
  };
  parsed.set(text, entry);
  return entry;
}

/** Privilege letters that `acl` gives to any of `grantees` (add `public` for PUBLIC yourself). */
export function lettersFor(acl: readonly string[], grantees: ReadonlySet<string>): Set<string> {
  const letters = new Set<string>();
  for (const item of acl) {
    const entry = parseAclItem(item);
    if (grantees.has(entry.grantee)) for (const letter of entry.privileges) letters.add(letter);
  }
  return letters;
}

/** True when `acl` gives the privilege to any of `grantees`. */
export function grants(acl: readonly string[], privilege: Privilege, grantees: ReadonlySet<string>): boolean {
  return acl.some((item) => {
    const entry = parseAclItem(item);
    return grantees.has(entry.grantee) && entry.privileges.includes(PRIVILEGE[privilege]);
  });
}
