import type { Column, Constraint, Index, Policy, Row } from '../../core/facts.ts';
import { redact } from '../../core/redact.ts';
import type { CatalogueName, Facet, FacetContext, StreamedPlan } from './facets.ts';
import { type RelationName, RowsByRelation } from './object-names.ts';
import { plainConstraint, plainIndex } from './plain-definitions.ts';
import type { Probe } from './probe.ts';
import { QUERIES } from './queries.ts';
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

/** Numbers of an int2vector (`1 2`), int2[] or oid[] (`{1,2}`) as text. */
function numbersIn(text: unknown): number[] {
  return ((text as string | null) ?? '').match(/-?\d+/g)?.map(Number) ?? [];
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

export const WIDE_FACETS = {
  columns: (context) => {
    const one = interned();
    const clean = redactedOnce();
    return streamed<'columns', Column>(context, composeSql(QUERIES.columns), (relation, fields) => {
      const name = one(fields[2] as string);
      relation.columns[fields[1] as number] = name;
      return {
        schema: relation.schema,
        relation: relation.name,
        name,
        position: fields[1] as number,
        type: one(fields[3] as string),
        notNull: fields[4] as boolean,
        default: clean(fields[5]),
        identity: one(fields[6]) as Column['identity'],
        generated: one(fields[7]) as Column['generated'],
        acl: fields[8] as string[] | null,
        comment: redacted(fields[9]),
      };
    });
  },
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
          const constraint = {
            schema: relation.schema,
            table: relation.name,
            name: fields[1] as string,
            type,
            columns: columnsOf(relation, numbersIn(fields[3])).filter((name) => name !== null),
            validated: fields[4] as boolean,
            deferrable: fields[5] as boolean,
            references: foreign
              ? {
                  schema: foreign.schema,
                  table: foreign.name,
                  columns: columnsOf(foreign, numbersIn(fields[8])).filter((name) => name !== null),
                  onDelete: one(fields[9]) as 'a',
                  onUpdate: one(fields[10]) as 'a',
                }
              : null,
            inherited: fields[11] as boolean,
            platform: relation.platform,
          };
          return { ...constraint, definition: redacted(fields[6]) ?? plainConstraint(constraint) };
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
          const index = {
            schema: relation.schema,
            table: relation.name,
            name: fields[1] as string,
            method: one(fields[2] as string),
            unique: fields[3] as boolean,
            primary: fields[4] as boolean,
            constraint: fields[5] as boolean,
            valid: fields[6] as boolean,
            ready: fields[7] as boolean,
            building: fields[8] as boolean,
            columns: columnsOf(relation, numbers.slice(0, keys)),
            include: columnsOf(relation, numbers.slice(keys)).filter((name) => name !== null),
            predicate: redacted(fields[11]),
            inherited: fields[12] as boolean,
            platform: relation.platform,
          };
          return { ...index, definition: redacted(fields[13]) ?? plainIndex(index) };
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
      schema: relation.schema,
      table: relation.name,
      name: fields[1] as string,
      permissive: fields[2] as boolean,
      roles: rolesIn(fields[3]),
      command: one(fields[4]) as Policy['command'],
      using: clean(fields[5]),
      check: clean(fields[6]),
    }));
  },
  tableStats: (context) =>
    streamed<'tableStats', Row<'tableStats'>>(context, composeSql(QUERIES.tableStats), (relation, fields) => {
      const numbers = fields as number[];
      return {
        schema: relation.schema,
        name: relation.name,
        rowEstimate: fields[1] as number | null,
        bytes: numbers[2] as number,
        indexBytes: numbers[3] as number,
        seqScans: numbers[4] as number,
        indexScans: numbers[5] as number,
        seqRowsRead: numbers[6] as number,
        inserted: numbers[7] as number,
        updated: numbers[8] as number,
        deleted: numbers[9] as number,
        liveRows: numbers[10] as number,
        deadRows: numbers[11] as number,
        blocksRead: numbers[12] as number,
        blocksHit: numbers[13] as number,
      };
    }),
  indexStats: (context) =>
    streamed<'indexStats', Row<'indexStats'>>(context, composeSql(QUERIES.indexStats), (relation, fields) => ({
      schema: relation.schema,
      table: relation.name,
      name: fields[1] as string,
      scans: fields[2] as number,
      bytes: fields[3] as number,
    })),
} satisfies { [N in CatalogueName]?: Facet<N> };
