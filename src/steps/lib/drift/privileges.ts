import { parseAclItem } from '../../../core/acl.ts';
import type { Direction, Shown } from './model.ts';
import type { Side } from './side.ts';

/** Kinds of objects as pg_default_acl names them. */
export type GrantKind = 'tables' | 'sequences' | 'functions' | 'types' | 'schemas';

const WORDS: Readonly<Record<string, string>> = {
  r: 'select',
  a: 'insert',
  w: 'update',
  d: 'delete',
  D: 'truncate',
  x: 'references',
  t: 'trigger',
  m: 'maintain',
  U: 'usage',
  C: 'create',
  X: 'execute',
};
const ORDER = Object.keys(WORDS);
/** Stands for the owner, whoever that is: a change of owner is said as such. */
const OWNER = '\u0000owner';

/** Privilege letters by grantee; true with the grant option. */
export type Privileges = ReadonlyMap<string, ReadonlyMap<string, boolean>>;

/** The privileges of an aclitem list with roles by their common names. `ignore` are letters that one side's version lacks. */
export function privilegesOf(acl: readonly string[], owner: string | null, side: Side): Privileges {
  const result = new Map<string, Map<string, boolean>>();
  for (const item of acl) {
    const { grantee, letters } = parseLetters(item);
    const name = owner !== null && grantee === owner ? OWNER : side.role(grantee);
    const own = result.get(name) ?? new Map<string, boolean>();
    for (const [letter, option] of letters) {
      if (!side.ignoredLetters.has(letter)) own.set(letter, option || own.get(letter) === true);
    }
    if (own.size > 0) result.set(name, own);
  }
  return result;
}

function parseLetters(item: string): { grantee: string; letters: [string, boolean][] } {
  const { grantee, granted } = parseAclItem(item);
  const letters: [string, boolean][] = [];
  for (let at = 0; at < granted.length; at++) {
    const letter = granted[at] ?? '';
    const option = granted[at + 1] === '*';
    if (option) at++;
    letters.push([letter, option]);
  }
  return { grantee, letters };
}

/** Privileges without those of other grantees than the named. */
export function onlyFor(privileges: Privileges, grantees: ReadonlySet<string>): Privileges {
  return new Map([...privileges].filter(([grantee]) => grantees.has(grantee)));
}

/** What `letters` gives beyond `other`, by letter. */
function beyond(letters: ReadonlyMap<string, boolean>, other: ReadonlyMap<string, boolean>): [string, boolean][] {
  return ORDER.flatMap((letter): [string, boolean][] => {
    const option = letters.get(letter);
    if (option === undefined) return [];
    const known = other.get(letter);
    return known === undefined || (option && !known) ? [[letter, option]] : [];
  });
}

const NONE: ReadonlyMap<string, boolean> = new Map();

function inWords(letters: ReadonlyMap<string, boolean>): string {
  const words = ORDER.filter((letter) => letters.has(letter)).map(
    (letter) => `${WORDS[letter]}${letters.get(letter) ? ' with grant option' : ''}`,
  );
  return words.length === 0 ? 'nothing' : words.join(', ');
}

/** Both sides in words, for those grantees that differ; null when none does. */
export function privilegeDifference(live: Privileges, migrations: Privileges): Shown | null {
  const left: string[] = [];
  const right: string[] = [];
  for (const grantee of [...new Set([...live.keys(), ...migrations.keys()])].sort()) {
    const a = live.get(grantee) ?? NONE;
    const b = migrations.get(grantee) ?? NONE;
    if (beyond(a, b).length === 0 && beyond(b, a).length === 0) continue;
    const name = grantee === OWNER ? 'its owner' : grantee === 'public' ? 'everybody (PUBLIC)' : grantee;
    left.push(`${name} ${inWords(a)}`);
    right.push(`${name} ${inWords(b)}`);
  }
  return left.length === 0 ? null : { live: left.join('; '), migrations: right.join('; ') };
}

/** True when the first gives somebody more than the second. */
export function givesMore(a: Privileges, b: Privileges): boolean {
  return [...a].some(([grantee, letters]) => beyond(letters, b.get(grantee) ?? NONE).length > 0);
}

/**
 * GRANT and REVOKE statements that turn `have` into `want`. `target` is `table public.t`; `column` narrows them to one
 * column; `owner` is the name that OWNER stands for.
 */
export function privilegeStatements(options: {
  target: string;
  have: Privileges;
  want: Privileges;
  owner: string | null;
  side: Side;
  column?: string;
  /** `alter default privileges for role x in schema y ` and the like. */
  prefix?: string;
}): string[] {
  const { target, have, want, owner, side, column, prefix = '' } = options;
  const statements: string[] = [];
  const columns = column === undefined ? '' : ` (${column})`;
  for (const grantee of [...new Set([...have.keys(), ...want.keys()])].sort()) {
    if (grantee === OWNER && owner === null) continue;
    const role =
      grantee === OWNER ? side.sqlRole(owner ?? '') : grantee === 'public' ? 'public' : side.sqlRole(grantee);
    const before = have.get(grantee) ?? NONE;
    const after = want.get(grantee) ?? NONE;
    const list = (letters: string[]) => letters.map((letter) => `${WORDS[letter]}${columns}`).join(', ');
    const gone = ORDER.filter((letter) => before.has(letter) && !after.has(letter));
    const optionGone = ORDER.filter((letter) => before.get(letter) === true && after.get(letter) === false);
    const added = ORDER.filter((letter) => after.get(letter) === false && !before.has(letter));
    const addedOption = ORDER.filter((letter) => after.get(letter) === true && before.get(letter) !== true);
    if (gone.length > 0) statements.push(`${prefix}revoke ${list(gone)} on ${target} from ${role}`);
    if (optionGone.length > 0)
      statements.push(`${prefix}revoke grant option for ${list(optionGone)} on ${target} from ${role}`);
    if (added.length > 0) statements.push(`${prefix}grant ${list(added)} on ${target} to ${role}`);
    if (addedOption.length > 0)
      statements.push(`${prefix}grant ${list(addedOption)} on ${target} to ${role} with grant option`);
  }
  return statements;
}

const BUILT_IN: Readonly<Record<GrantKind, { owner: string; everybody: string }>> = {
  tables: { owner: 'arwdDxtm', everybody: '' },
  sequences: { owner: 'rwU', everybody: '' },
  functions: { owner: 'X', everybody: 'X' },
  types: { owner: 'U', everybody: 'U' },
  schemas: { owner: 'UC', everybody: '' },
};

/** What an object that the deploying role makes on `side` is granted from the start (acldefault and pg_default_acl). */
export function initialPrivileges(kind: GrantKind, schema: string | null, side: Side): Privileges {
  const creator = side.deployRole;
  const { owner, everybody } = BUILT_IN[kind];
  const entries = side.catalogue.defaultAcls.filter((row) => row.owner === creator && row.objects === kind);
  const everywhere = entries.find((row) => row.schema === null);
  const acl = everywhere?.acl ?? [`${quoted(creator)}=${owner}/x`, ...(everybody === '' ? [] : [`=${everybody}/x`])];
  const own = schema === null ? undefined : entries.find((row) => row.schema === schema);
  return privilegesOf([...acl, ...(own?.acl ?? [])], creator, side);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Statements that leave an object just made on `from` with exactly the privileges it has on `to`. */
export function grantsOfNew(
  kind: GrantKind,
  schema: string | null,
  target: string,
  row: { acl: readonly string[]; owner: string },
  { from, to }: Direction,
): string[] {
  return privilegeStatements({
    target,
    have: initialPrivileges(kind, schema, from),
    want: privilegesOf(row.acl, row.owner, to),
    owner: row.owner,
    side: from,
  });
}

/** What is still to be granted or taken back after a change of owner, which hands the old owner's privileges on to the new. */
export function grantsAfterOwnerChange(
  target: string,
  before: { acl: readonly string[]; owner: string },
  after: { acl: readonly string[]; owner: string },
  { from, to }: Direction,
): string[] {
  const have = new Map(privilegesOf(before.acl, before.owner, from));
  const newOwner = to.role(after.owner);
  have.set(OWNER, new Map([...(have.get(newOwner) ?? []), ...(have.get(OWNER) ?? [])]));
  have.delete(newOwner);
  return privilegeStatements({
    target,
    have,
    want: privilegesOf(after.acl, after.owner, to),
    owner: newOwner,
    side: from,
  });
}
