import type { Origin } from '../../core/facts/origin.ts';
import type { Collected } from '../../core/facts.ts';
import type { Location } from '../../core/finding.ts';
import { type ObjectRef, objectRef } from '../../core/object.ts';
import { argumentTypes } from '../../core/signature.ts';

/** Where the statements stand that gave objects, and aspects of them, their present state. */
export interface OriginIndex {
  /**
   * The place for an object, or for an aspect of it (core/facts/origin.ts; `grants`: the last grant to anon, authenticated or
   * PUBLIC that still holds) where another statement than the one that made the object decided it. For a column, constraint,
   * index, policy or trigger that no statement names, where its table was made. Undefined when no migration is behind it.
   */
  placeOf(object: ObjectRef, aspect?: string | null): Location | undefined;
}

const RELATIONS = ['table', 'view', 'materialized view', 'foreign table', 'sequence'];
/** Named by some checks with the schema that holds their rows. */
const WITHOUT_SCHEMA = new Set(['schema', 'extension', 'publication', 'role', 'bucket', 'cron job']);
const API_GRANT = /^grant:(anon|authenticated|public):/;

interface Place {
  signature: string | null;
  location: Location;
}

function keyOf(kind: string, schema: string | null, name: string, table: string | null, column: string | null): string {
  return [kind, WITHOUT_SCHEMA.has(kind) ? '' : (schema ?? ''), table ?? '', name, column ?? ''].join('\u0000');
}

class Index implements OriginIndex {
  readonly #places = new Map<string, Map<string, Place[]>>();
  /** Files in the order they ran. */
  readonly #order: ReadonlyMap<string, number>;

  constructor(origins: readonly Origin[], order: ReadonlyMap<string, number>) {
    this.#order = order;
    for (const { kind, schema, name, table, column, signature, aspect, path, line } of origins) {
      const key = keyOf(kind, schema, name, table, column);
      let aspects = this.#places.get(key);
      if (!aspects) {
        aspects = new Map();
        this.#places.set(key, aspects);
      }
      const places = aspects.get(aspect ?? '');
      const place = { signature, location: { file: path, line, column: 1 } };
      if (places) places.push(place);
      else aspects.set(aspect ?? '', [place]);
    }
  }

  placeOf(object: ObjectRef, aspect: string | null = null): Location | undefined {
    const own = this.#own(object, aspect);
    if (own) return own;
    const { kind, schema, name, table } = object;
    if (table === null && kind !== 'column') return undefined;
    return this.#own(objectRef('table', schema, table ?? name), null);
  }

  #own({ kind, schema, name, table, column, signature }: ObjectRef, aspect: string | null): Location | undefined {
    const kinds = RELATIONS.includes(kind) ? [kind, ...RELATIONS] : kind === 'procedure' ? ['function'] : [kind];
    for (const candidate of kinds) {
      const aspects = this.#places.get(keyOf(candidate, schema, name, table, column));
      if (!aspects) continue;
      const decided = aspect === null ? undefined : this.#decided(aspects, aspect, signature);
      const found = decided ?? overload(aspects.get(''), signature);
      if (found) return found;
    }
    return undefined;
  }

  #decided(aspects: ReadonlyMap<string, Place[]>, aspect: string, signature: string | null): Location | undefined {
    // An expression of a policy is judged with the roles it is for.
    if (aspect === 'using' || aspect === 'check') {
      const [expression, roles] = [aspect, 'roles'].map((name) =>
        overload(aspects.get(name) ?? aspects.get(''), signature),
      );
      return expression && roles && this.#later(roles, expression) ? roles : expression;
    }
    if (aspect !== 'grants') return overload(aspects.get(aspect), signature);
    let last: Location | undefined;
    for (const [name, places] of aspects) {
      const place = API_GRANT.test(name) ? overload(places, signature) : undefined;
      if (place && (!last || this.#later(place, last))) last = place;
    }
    return last;
  }

  #later(left: Location, right: Location): boolean {
    const [a, b] = [this.#order.get(left.file) ?? -1, this.#order.get(right.file) ?? -1];
    return a === b ? left.line > right.line : a > b;
  }
}

/** Of several functions with one name, the one with these arguments. */
function overload(places: readonly Place[] | undefined, signature: string | null): Location | undefined {
  if (!places) return undefined;
  const [first, second] = places;
  if (signature === null || !second) return first?.location;
  const exact = places.find((place) => place.signature === signature);
  if (exact) return exact.location;
  const types = argumentTypes(signature);
  return places.find((place) => place.signature !== null && argumentTypes(place.signature) === types)?.location;
}

const indexes = new WeakMap<Collected, OriginIndex | null>();

/** Statements that no replay can tell of, because they are no DDL of the database: their rows say so, or the whole server's. */
const UNSEEN = new Set(['bucket', 'cron job', 'role']);

/**
 * The origins that a snapshot knows: what a replay saw, and for what it did not see what the files say. Null when there is
 * neither.
 */
export function originsIn(facts: Collected): OriginIndex | null {
  const known = indexes.get(facts);
  if (known !== undefined) return known;
  const { repoMigrations, replayOrigins, replay } = facts;
  const parsed = repoMigrations?.status === 'ok' ? repoMigrations.value : null;
  const seen = replayOrigins?.status === 'ok' ? replayOrigins.value : null;
  const whole = seen !== null && replay?.status === 'ok' && replay.value?.failures.length === 0;
  let index: OriginIndex | null = null;
  if (parsed || seen) {
    const order = new Map(parsed?.files.map(({ path }, at) => [path, at]));
    const files = parsed?.origins ?? [];
    if (!seen) index = new Index(files, order);
    else {
      const replayed = new Index([...seen, ...files.filter(({ kind }) => UNSEEN.has(kind))], order);
      const fallback = whole ? null : new Index(files, order);
      index = { placeOf: (object, aspect) => replayed.placeOf(object, aspect) ?? fallback?.placeOf(object, aspect) };
    }
  }
  indexes.set(facts, index);
  return index;
}

/** Nothing: the engine adds to every finding the place of its object (src/engine/evaluate.ts). */
export function located(_facts: object, _object: ObjectRef): Record<never, never> {
  return {};
}
