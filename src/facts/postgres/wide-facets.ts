import type { Column, Constraint, Index, Policy, Row } from '../../core/facts.ts';
import { redact } from '../../core/redact.ts';
import type { CatalogueName, Facet, FacetContext, StreamedPlan } from './facets.ts';
import { type RelationName, RowsByRelation } from './object-names.ts';
import { plainConstraint, plainIndex } from './plain-definitions.ts';
import type { Probe } from './probe.ts';
import { QUERIES } from './queries.ts';
import { parseTextArray } from './row-types.ts';
import { composeSql } from './sql-text.ts';
import type { Fields } from './stream-rows.ts';

/*
 * Facets of many rows: a project of 5,000 tables has 60,000 columns. Their queries send oids and numbers, names are put
 * here (one string for all rows of a relation), and each row becomes its object as it arrives.
 */

const since = (probe: Probe, version: number, sql: string, before: string) =>
  probe.versionNum >= version ? sql : before;

function redacted(text: unknown): string | null {
  return text === null ? null : redact(text as string);
}

/** Texts that come again and again (`now()`, a policy's condition) are looked at once. */
function redactedOnce(): (text: unknown) => string | null {
  const known = new Map<unknown, string | null>();
  return (text) => {
    let result = known.get(text);
    if (result === undefined) {
      result = redacted(text);
      known.set(text, result);
    }
    return result;
  };
}

/** Hands out one string for equal ones, so that a type's name is held once and not sixty thousand times. */
function interned(): <T>(text: T) => T {
  const known = new Map<unknown, unknown>();
  return <T>(text: T): T => {
    const found = known.get(text);
    if (found !== undefined) return found as T;
    known.set(text, text);
    return text;
  };
}

/** The elements of a text array without nulls; the common case, nothing quoted, is merely split. */
function textsIn(text: string): string[] {
  if (text.includes('"')) return parseTextArray(text);
  return text === '{}' ? [] : text.slice(1, -1).split(',');
}

const numberLists = new Map<string, readonly number[]>();

/** Numbers of an int2vector (`1 2`), int2[] or oid[] (`{1,2}`) as text; most keys have the same few. */
function numbersIn(text: unknown): readonly number[] {
  const list = (text as string | null) ?? '';
  const known = numberLists.get(list);
  if (known) return known;
  const numbers = list.match(/-?\d+/g)?.map(Number) ?? [];
  if (numberLists.size > 5000) numberLists.clear();
  numberLists.set(list, numbers);
  return numbers;
}

function streamed<N extends CatalogueName, R>(
  context: FacetContext,
  sql: string,
  rowOf: (relation: RelationName, fields: Fields) => R | null,
): StreamedPlan<N> {
  const rows = new RowsByRelation<R>(context.names);
  return {
    sql,
    onRow(fields) {
      const relation = rows.relation(fields[0]);
      if (relation === undefined) return;
      const row = rowOf(relation, fields);
      if (row !== null) rows.add(relation, row);
    },
    value: () => rows.all() as never,
  };
}

/** The names of columns by their numbers; an expression (0) stands as null. */
function columnsOf(relation: RelationName | undefined, numbers: readonly number[]): (string | null)[] {
  return numbers.map((number) => relation?.columns[number] ?? null);
}

/** What few columns have, by relation's oid and column's number. */
class ColumnExtras<T> {
  readonly #values = new Map<number, Map<number, T>>();

  set(relation: number, column: number, value: T): void {
    const own = this.#values.get(relation);
    if (own) own.set(column, value);
    else this.#values.set(relation, new Map([[column, value]]));
  }

  of(relation: number): ReadonlyMap<number, T> | undefined {
    return this.#values.get(relation);
  }
}

/** See sql/columns.sql for the kinds of rows. */
function columnsPlan(context: FacetContext): StreamedPlan<'columns'> {
  const one = interned();
  const clean = redactedOnce();
  const rows = new RowsByRelation<Column>(context.names);
  const types = new Map<string, string>();
  const defaults = new ColumnExtras<string | null>();
  const comments = new ColumnExtras<string | null>();
  const privileges = new ColumnExtras<string[]>();
  const specials = new ColumnExtras<Column['special']>();
  const setDefaults = (places: string, expression: string | null): void => {
    for (const place of places.split(' ')) {
      const colon = place.indexOf(':');
      defaults.set(Number(place.slice(0, colon)), Number(place.slice(colon + 1)), expression);
    }
  };
  const addRelation = (oid: number, relation: RelationName, fields: Fields): void => {
    const numbers = textsIn(fields[2] as string);
    const names = textsIn(fields[3] as string);
    const typeKeys = textsIn(fields[4] as string);
    const flags = fields[5] as string;
    const ownDefaults = defaults.of(oid);
    const ownComments = comments.of(oid);
    const ownPrivileges = privileges.of(oid);
    const ownSpecials = specials.of(oid);
    for (let at = 0; at < numbers.length; at++) {
      const position = Number(numbers[at]);
      const name = one(names[at] ?? '');
      const identity = flags[at * 3 + 1] ?? '-';
      const generated = flags[at * 3 + 2] ?? '-';
      relation.columns[position] = name;
      rows.add(relation, {
        acl: ownPrivileges?.get(position) ?? null,
        comment: ownComments?.get(position) ?? null,
        default: ownDefaults?.get(position) ?? null,
        generated: (generated === '-' ? '' : generated) as Column['generated'],
        identity: (identity === '-' ? '' : identity) as Column['identity'],
        name,
        notNull: flags[at * 3] === 't',
        position,
        relation: relation.name,
        schema: relation.schema,
        special: ownSpecials?.get(position) ?? null,
        type: types.get(typeKeys[at] ?? '') ?? '',
      });
    }
  };
  return {
    sql: composeSql(QUERIES.columns),
    onRow(fields) {
      const [kind, oid, a, b] = fields as [number, number, string, string];
      if (kind === 1) types.set(a, b);
      else if (kind === 2) setDefaults(a, clean(b));
      else if (kind === 3) comments.set(oid, Number(a), redacted(b));
      else if (kind === 4) privileges.set(oid, Number(a), textsIn(b));
      else if (kind === 5) specials.set(oid, Number(a), JSON.parse(b) as Column['special']);
      else if (kind === 6) {
        const relation = rows.relation(oid);
        if (relation) addRelation(oid, relation, fields);
      }
    },
    value: () => rows.all(),
  };
}

/** The rows' members stand in the order of their names, so that their canonical text is written without sorting. */
export const WIDE_FACETS = {
  columns: columnsPlan,
  constraints: (context) => {
    const { probe, names } = context;
    const one = interned();
    return {
      needsColumns: true,
      ...streamed<'constraints', Constraint>(
        context,
        composeSql(QUERIES.constraints, {
          nulls_not_distinct: since(probe, 150000, 'coalesce(i.indnullsnotdistinct, false)', 'false'),
          is_temporal: since(probe, 180000, 'k.conperiod', 'false'),
          is_enforced: since(probe, 180000, 'k.conenforced', 'true'),
        }),
        (relation, fields) => {
          const type = one(fields[2]) as Constraint['type'];
          const foreign = type === 'f' ? names.relations.get(fields[7] as number) : undefined;
          const constraint: Constraint = {
            columns: columnsOf(relation, numbersIn(fields[3])).filter((name) => name !== null),
            deferrable: fields[5] as boolean,
            definition: redacted(fields[6]) ?? '',
            inherited: fields[11] as boolean,
            name: fields[1] as string,
            platform: relation.platform,
            references: foreign
              ? {
                  columns: columnsOf(foreign, numbersIn(fields[8])).filter((name) => name !== null),
                  onDelete: one(fields[9]) as 'a',
                  onUpdate: one(fields[10]) as 'a',
                  schema: foreign.schema,
                  table: foreign.name,
                }
              : null,
            schema: relation.schema,
            table: relation.name,
            type,
            validated: fields[4] as boolean,
          };
          if (fields[6] === null) constraint.definition = plainConstraint(constraint);
          return constraint;
        },
      ),
    };
  },
  indexes: (context) => {
    const one = interned();
    return {
      needsColumns: true,
      ...streamed<'indexes', Index>(
        context,
        composeSql(QUERIES.indexes, {
          nulls_not_distinct: since(context.probe, 150000, 'i.indnullsnotdistinct', 'false'),
        }),
        (relation, fields) => {
          if (!'rpm'.includes(relation.kind)) return null;
          const numbers = numbersIn(fields[9]);
          const keys = fields[10] as number;
          const index: Index = {
            building: fields[8] as boolean,
            columns: columnsOf(relation, keys === numbers.length ? numbers : numbers.slice(0, keys)),
            constraint: fields[5] as boolean,
            definition: redacted(fields[13]) ?? '',
            include:
              keys === numbers.length ? [] : columnsOf(relation, numbers.slice(keys)).filter((name) => name !== null),
            inherited: fields[12] as boolean,
            method: one(fields[2] as string),
            name: fields[1] as string,
            platform: relation.platform,
            predicate: redacted(fields[11]),
            primary: fields[4] as boolean,
            ready: fields[7] as boolean,
            schema: relation.schema,
            table: relation.name,
            unique: fields[3] as boolean,
            valid: fields[6] as boolean,
          };
          if (fields[13] === null) index.definition = plainIndex(index);
          return index;
        },
      ),
    };
  },
  policies: (context) => {
    const { roles } = context.names;
    const one = interned();
    const clean = redactedOnce();
    const lists = new Map<unknown, string[]>();
    const rolesIn = (text: unknown): string[] => {
      const found = lists.get(text);
      if (found) return found;
      // A role that was dropped since stands as PostgreSQL's own functions write it.
      const named = numbersIn(text).map((oid) => (oid === 0 ? 'public' : (roles.get(oid) ?? `unknown (OID=${oid})`)));
      lists.set(text, named.sort());
      return named;
    };
    return streamed<'policies', Policy>(context, composeSql(QUERIES.policies), (relation, fields) => ({
      check: clean(fields[6]),
      command: one(fields[4]) as Policy['command'],
      name: fields[1] as string,
      permissive: fields[2] as boolean,
      roles: rolesIn(fields[3]),
      schema: relation.schema,
      table: relation.name,
      using: clean(fields[5]),
    }));
  },
  tableStats: (context) =>
    streamed<'tableStats', Row<'tableStats'>>(context, composeSql(QUERIES.tableStats), (relation, fields) => {
      const numbers = fields as number[];
      return {
        blocksHit: numbers[13] as number,
        blocksRead: numbers[12] as number,
        bytes: numbers[2] as number,
        deadRows: numbers[11] as number,
        deleted: numbers[9] as number,
        indexBytes: numbers[3] as number,
        indexScans: numbers[5] as number,
        inserted: numbers[7] as number,
        liveRows: numbers[10] as number,
        name: relation.name,
        rowEstimate: fields[1] as number | null,
        schema: relation.schema,
        seqRowsRead: numbers[6] as number,
        seqScans: numbers[4] as number,
        updated: numbers[8] as number,
      };
    }),
  indexStats: (context) => {
    const rows = new RowsByRelation<Row<'indexStats'>>(context.names);
    return {
      sql: composeSql(QUERIES.indexStats),
      onRow([oid, indexes, allScans, allBytes]) {
        const relation = rows.relation(oid);
        if (relation === undefined) return;
        const scans = textsIn(allScans as string);
        const bytes = textsIn(allBytes as string);
        for (const [at, name] of textsIn(indexes as string).entries()) {
          const { schema, name: table } = relation;
          rows.add(relation, { bytes: Number(bytes[at]), name, scans: Number(scans[at]), schema, table });
        }
      },
      value: () => rows.all(),
    };
  },
} satisfies { [N in CatalogueName]?: Facet<N> };
