import type { Facts } from '../../core/facts.ts';
import type { Location } from '../../core/finding.ts';
import type { ObjectRef } from '../../core/object.ts';

type Origins = Facts['repoMigrations']['origins'];

const indexed = new WeakMap<Origins, Map<string, Location>>();

function keyOf(kind: string, schema: string, name: string, table: string | null): string {
  return [kind, schema, table ?? '', name].join('\u0000');
}

function indexOf(origins: Origins): Map<string, Location> {
  const known = indexed.get(origins);
  if (known) return known;
  const places = new Map<string, Location>();
  for (const { kind, schema, name, table, path, line } of origins) {
    places.set(keyOf(kind, schema, name, table), { file: path, line, column: 1 });
  }
  indexed.set(origins, places);
  return places;
}

const RELATION_KINDS = ['table', 'view', 'materialized view', 'foreign table'];

/**
 * Where the migration statement that created (or last replaced) an object stands; for a column, constraint, index, policy
 * or trigger that no statement names, where its table was created. Undefined when no migration made it or none were read.
 */
export function originOf(facts: { repoMigrations?: Facts['repoMigrations'] }, object: ObjectRef): Location | undefined {
  if (!facts.repoMigrations || object.schema === null) return undefined;
  const places = indexOf(facts.repoMigrations.origins);
  const { kind, schema, name, table } = object;
  const own = kind === 'column' ? undefined : places.get(keyOf(kind, schema, name, table));
  if (own) return own;
  const relation = table ?? name;
  if (table === null && kind !== 'column' && !RELATION_KINDS.includes(kind)) return undefined;
  for (const relationKind of RELATION_KINDS) {
    const place = places.get(keyOf(relationKind, schema, relation, null));
    if (place) return place;
  }
  return undefined;
}

/** `{ location }` when the object's origin is known, else `{}`; to be spread into a finding. */
export function located(
  facts: { repoMigrations?: Facts['repoMigrations'] },
  object: ObjectRef,
): { location?: Location } {
  const location = originOf(facts, object);
  return location ? { location } : {};
}
