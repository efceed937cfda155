import { PRIVILEGE, parseAclItem } from '../../../core/acl.ts';
import type { Origin } from '../../../core/facts/origin.ts';

/** What is left of an object of the log, with today's names (objects.sql). */
export interface Identity {
  kind: string;
  schema: string;
  name: string;
  table: string | null;
  column: string | null;
  signature: string | null;
  /** For an index: the constraint it stands for. */
  constraint_object: string | null;
}

/** What an object was like after a statement. */
export interface LogRow {
  class: string;
  object: string;
  /** Number of the column; 0 for the object itself. */
  part: number;
  /** The statement created or replaced it. */
  made: boolean;
  /** The table of a constraint or index. */
  parent: string | null;
  /** Its name then. */
  named: string | null;
  /** Of a constraint: what pg_constraint.contype says, and the numbers of its columns. */
  type: string | null;
  keys: number[] | null;
  facets: (string | null)[];
  /** `file:line[:line in the DO block]` by number of file; null for what the platform did. */
  at: string | null;
}

/** Names of what log.sql gives of each class, in its order. */
const RELATION = ['schema', 'owner', 'grants', 'rls', 'force rls', 'options', 'replica identity'];
const COLUMN = ['definition', 'not null', 'generated', 'grants', 'default'];
const FACETS: Readonly<Record<string, readonly string[]>> = {
  pg_class: RELATION,
  pg_constraint: ['validated', 'actions'],
  pg_trigger: ['enabled'],
  pg_proc: ['schema', 'owner', 'grants', 'security', 'settings', 'definition'],
  pg_policy: ['roles', 'using', 'check'],
  pg_namespace: ['owner', 'grants'],
  pg_type: ['schema', 'owner', 'grants', 'definition'],
  pg_extension: ['schema', 'version'],
  pg_publication: ['definition'],
};
/** What a CREATE OR REPLACE says anew, even where it says the same as before. */
const SAID_BY_CREATE = new Set(['definition', 'security', 'settings', 'options', 'rls', 'force rls', 'enabled']);

const PRIVILEGE_NAMES = new Map(Object.entries(PRIVILEGE).map(([name, letter]) => [letter as string, name]));

/** Place of a statement, as the log has it. */
type At = string | null;

/** Aspects of a policy, which ALTER POLICY says one by one; what it does not say stays where it was. */
const POLICY_PARTS = new Set(['roles', 'using', 'check']);

interface State {
  /** The last thing said of it, and the first. */
  row: LogRow;
  first: LogRow;
  definition: At;
  /** The column as named when it was made; for a constraint its type, name and columns. */
  named: string | null;
  values: (string | null)[];
  facets: Map<string, At>;
  grants: Map<string, { at: At; held: boolean }>;
}

/** What an acl text grants, as `role:privilege`. */
function granted(acl: string | null): Set<string> {
  const all = new Set<string>();
  for (const item of (acl ?? '').split('\u001f')) {
    if (item === '') continue;
    const { grantee, privileges } = parseAclItem(item);
    for (const letter of privileges) all.add(`${grantee}:${PRIVILEGE_NAMES.get(letter) ?? letter}`);
  }
  return all;
}

const DEFAULT_TYPES: Readonly<Record<string, string>> = { sequence: 'S', function: 'f', type: 'T' };

/** Default privileges as they stand: who gave each, by role, schema, kind of object, grantee and privilege. */
class Defaults {
  readonly #places = new Map<string, At>();
  readonly #known = new Map<string, Set<string>>();

  note({ object, facets: [role, schema, type, acl], at }: LogRow): void {
    const now = granted(acl ?? null);
    const before = this.#known.get(object) ?? new Set();
    for (const item of now) if (!before.has(item)) this.#places.set(`${role}:${schema}:${type}:${item}`, at);
    for (const item of before) if (!now.has(item)) this.#places.delete(`${role}:${schema}:${type}:${item}`);
    this.#known.set(object, now);
  }

  /** The statement that made a new object come with a privilege; null when none of the project's did. */
  placeOf(row: LogRow, kind: string | undefined, item: string): At {
    const [schema, owner] = row.facets;
    const type = DEFAULT_TYPES[kind ?? ''] ?? 'r';
    return (
      this.#places.get(`${owner}:${schema}:${type}:${item}`) ?? this.#places.get(`${owner}:0:${type}:${item}`) ?? null
    );
  }
}

/** Names an object of the log. */
export function keyOf({ class: kind, object, part }: Pick<LogRow, 'class' | 'object' | 'part'>): string {
  return `${kind}:${object}:${part}`;
}

/**
 * Follows the log and gives the statement that last decided about each object that is left, and about each of its aspects.
 * `left` names those by keyOf.
 */
export function foldLog(
  rows: readonly LogRow[],
  left: ReadonlyMap<string, Identity>,
  placeOf: (at: string, named: string | null) => Place,
): Origin[] {
  const defaults = new Defaults();
  const states = new Map<string, State>();
  /** The statements that gave a column another type. */
  const retyped = new Set<At>();
  for (const row of rows) {
    if (row.class === 'pg_description') {
      const [of = ''] = row.facets;
      states.get(keyOf({ ...row, class: of ?? '' }))?.facets.set('comment', row.at);
      continue;
    }
    const key = keyOf(row);
    if (row.class === 'pg_default_acl') defaults.note(row);
    const known = states.get(key);
    if (known) {
      if (row.part > 0 && known.values[0] !== row.facets[0]) retyped.add(row.at);
      change(known, row, states);
    } else states.set(key, born(row, left.get(key)?.kind, defaults, states));
  }
  inherit(states, left, retyped);
  return [...states].flatMap(([key, state]) => {
    const identity = left.get(key);
    return identity ? originsOf(state, identity, states, placeOf) : [];
  });
}

/** A column's new type makes the constraints and indexes on it anew: they stay what they were, with another oid. */
function inherit(
  states: ReadonlyMap<string, State>,
  left: ReadonlyMap<string, Identity>,
  retyped: ReadonlySet<At>,
): void {
  const goneFrom = new Map<string, State>();
  for (const [key, state] of states) {
    const { first, row } = state;
    if (first.parent === null) continue;
    const before = goneFrom.get(`${first.class} ${first.parent} ${first.named}`);
    if (before && retyped.has(first.at)) {
      if (state.definition === first.at) {
        state.definition = before.definition;
        state.named = before.named;
      }
      for (const [aspect, at] of before.facets) if (!state.facets.has(aspect)) state.facets.set(aspect, at);
    }
    if (!left.has(key)) goneFrom.set(`${row.class} ${row.parent} ${row.named}`, state);
  }
}

/** What a statement of many lines is searched for: a column's name, or a constraint's type, name and columns. */
function spelled(row: LogRow, states: ReadonlyMap<string, State>): string | null {
  if (row.class !== 'pg_constraint') return row.named;
  const columns = (row.keys ?? []).map(
    (part) => states.get(keyOf({ class: 'pg_class', object: row.parent ?? '', part }))?.row.named ?? '',
  );
  return [row.type, row.named, ...columns].join(',');
}

function namesOf(row: LogRow): readonly string[] {
  return row.part > 0 ? COLUMN : (FACETS[row.class] ?? []);
}

function born(row: LogRow, kind: string | undefined, defaults: Defaults, states: ReadonlyMap<string, State>): State {
  const grants = new Map<string, { at: At; held: boolean }>();
  const acl = row.facets[namesOf(row).indexOf('grants')];
  for (const item of granted(acl ?? null))
    grants.set(item, { at: row.at === null ? null : (defaults.placeOf(row, kind, item) ?? row.at), held: true });
  const facets = new Map<string, At>(
    row.class === 'pg_policy' ? [...POLICY_PARTS].map((part) => [part, row.at] as const) : [],
  );
  return { row, first: row, definition: row.at, named: spelled(row, states), values: row.facets, facets, grants };
}

function change(state: State, row: LogRow, states: ReadonlyMap<string, State>): void {
  const names = namesOf(row);
  for (const [index, name] of names.entries()) {
    const same = state.values[index] === row.facets[index];
    if (name === 'grants') {
      if (!same) changeGrants(state, row, index);
    } else if (!same || (row.made && SAID_BY_CREATE.has(name))) {
      if (name === 'definition' || POLICY_PARTS.has(name)) {
        state.definition = row.at;
        state.named = spelled(row, states);
      }
      state.facets.set(name, row.at);
    }
  }
  if (names.length === 0 || row.made) {
    state.definition = row.at;
    state.named = spelled(row, states);
  } else if (state.row.named !== row.named) state.facets.set('name', row.at);
  state.values = row.facets;
  state.row = row;
}

function changeGrants({ values, grants }: State, { facets, at }: LogRow, index: number): void {
  const now = granted(facets[index] ?? null);
  const before = granted(values[index] ?? null);
  for (const item of now) if (!before.has(item)) grants.set(item, { at, held: true });
  for (const item of before) if (!now.has(item)) grants.set(item, { at, held: false });
}

/** File and line. */
export interface Place {
  path: string;
  line: number;
}

function originsOf(
  state: State,
  identity: Identity,
  states: ReadonlyMap<string, State>,
  placeOf: (at: string, named: string | null) => Place,
): Origin[] {
  const { row } = state;
  const { constraint_object, ...object } = identity;
  const behind = constraint_object === null ? undefined : states.get(`pg_constraint:${constraint_object}:0`);
  const definition = behind?.definition ?? state.definition;
  const named = behind ? behind.named : state.named;
  const own = definition === null ? null : placeOf(definition, row.part > 0 ? `column,${named}` : named);
  const found: Origin[] = own === null ? [] : [{ ...object, aspect: null, ...own }];
  const add = (aspect: string, at: At) => {
    if (at === null || at === definition) return;
    found.push({ ...object, aspect, ...placeOf(at, null) });
  };
  for (const [aspect, at] of state.facets) if (aspect !== 'definition') add(aspect, at);
  for (const [item, { at, held }] of state.grants) add(`${held ? 'grant' : 'revoke'}:${item}`, at);
  return found;
}
