import type { Origin } from '../../../core/facts/origin.ts';

/** Where a statement stands. */
export interface Place {
  path: string;
  line: number;
}

/** What tells objects apart. */
export interface ObjectKey {
  kind: string;
  schema: string;
  name: string;
  table?: string | null;
  column?: string | null;
  /** Types of a function's input arguments. */
  signature?: string | null;
}

/** An object that a history has made and not dropped, and who decided what about it. */
export interface Tracked {
  kind: string;
  schema: string;
  name: string;
  table: string | null;
  column: string | null;
  signature: string | null;
  /** Null for what the platform made. */
  place: Place | null;
  aspects: Map<string, Place>;
}

export const RELATION_KINDS = new Set(['table', 'foreign table', 'view', 'materialized view', 'sequence']);
/** What belongs to a relation of the same schema and `name`. */
const NAMED_AS_RELATION = new Set([...RELATION_KINDS, 'column', 'published table']);

function keyOf({ kind, schema, name, table, column, signature }: ObjectKey): string {
  return [kind, schema, table ?? '', name, column ?? '', signature ?? ''].join('\u0000');
}

/** The objects alive, found by what they are and by the relation they belong to. */
export class OriginStore {
  readonly #objects = new Map<string, Tracked>();
  readonly #byRelation = new Map<string, Set<Tracked>>();

  get(key: ObjectKey): Tracked | undefined {
    return this.#objects.get(keyOf(key));
  }

  all(): Iterable<Tracked> {
    return this.#objects.values();
  }

  /** The relation itself and its columns, constraints, indexes, policies, triggers, memberships of publications. */
  ofRelation(schema: string, name: string): Tracked[] {
    return [...(this.#byRelation.get(`${schema}\u0000${name}`) ?? [])];
  }

  /** Functions of a name, whatever their arguments. */
  functions(schema: string, name: string): Tracked[] {
    return [...this.#objects.values()].filter(
      (object) => object.kind === 'function' && object.schema === schema && object.name === name,
    );
  }

  /** Takes in a new object; one that is there already is given up, what was decided about it too. */
  make(key: ObjectKey, place: Place | null): Tracked {
    const { kind, schema, name, table = null, column = null, signature = null } = key;
    const object: Tracked = { kind, schema, name, table, column, signature, place, aspects: new Map() };
    this.remove(this.get(key));
    this.#add(object);
    return object;
  }

  /** The object; one that no migration made (the platform's, or out of sight) comes without a place. */
  known(key: ObjectKey): Tracked {
    return this.get(key) ?? this.make(key, null);
  }

  remove(object: Tracked | undefined): void {
    if (!object) return;
    this.#objects.delete(keyOf(object));
    this.#byRelation.get(relationOf(object))?.delete(object);
  }

  /** The same object under another name, schema or table. */
  change(object: Tracked, change: Partial<ObjectKey>): void {
    this.remove(object);
    Object.assign(object, change);
    this.#add(object);
  }

  origins(): Origin[] {
    return [...this.#objects.values()].flatMap(({ place, aspects, ...object }): Origin[] => {
      const own = place === null ? [] : [{ ...object, aspect: null, ...place }];
      const others = [...aspects]
        .filter(([, at]) => at.path !== place?.path || at.line !== place.line)
        .map(([aspect, at]) => ({ ...object, aspect, ...at }));
      return [...own, ...others];
    });
  }

  #add(object: Tracked): void {
    this.#objects.set(keyOf(object), object);
    const relation = relationOf(object);
    const siblings = this.#byRelation.get(relation);
    if (siblings) siblings.add(object);
    else this.#byRelation.set(relation, new Set([object]));
  }
}

function relationOf({ kind, schema, name, table }: Tracked): string {
  return `${schema}\u0000${table ?? (NAMED_AS_RELATION.has(kind) ? name : '')}`;
}
