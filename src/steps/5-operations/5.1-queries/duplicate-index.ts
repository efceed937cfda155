import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Index } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { parseStatements } from '../../../core/sql.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { groupBy, keyOf } from '../../lib/tables.ts';

interface Shape {
  index: Index;
  /** Each key part with its operator class, collation and order, as canonical text. */
  parts: string[];
  /** What must be equal besides the key: method, predicate, included columns, options. */
  rest: string;
}

function text(value: unknown): string {
  return JSON.stringify(value ?? null, (key, item: unknown) =>
    key === 'location' || key === 'stmt_location' ? undefined : item,
  );
}

function shapeOf(index: Index): Shape | null {
  const node = parseStatements(index.definition)?.[0];
  if (!node || !('IndexStmt' in node)) return null;
  const { indexParams, accessMethod, whereClause, indexIncludingParams, options, nulls_not_distinct } = node.IndexStmt;
  return {
    index,
    parts: (indexParams ?? []).map(text),
    rest: text([accessMethod, whereClause, indexIncludingParams, options, nulls_not_distinct]),
  };
}

/** The one to keep of two equal indexes: a constraint’s, a unique one, then the first by name. */
function keepFirst(left: Index, right: Index): number {
  return (
    Number(right.primary) - Number(left.primary) ||
    Number(right.constraint) - Number(left.constraint) ||
    Number(right.unique) - Number(left.unique) ||
    (left.name < right.name ? -1 : 1)
  );
}

function dropSql(index: Index, partitioned: boolean): string {
  if (index.constraint)
    return `alter table ${qualified(index.schema, index.table)} drop constraint ${quoteIdent(index.name)}`;
  return `drop index ${partitioned ? '' : 'concurrently '}${qualified(index.schema, index.name)}`;
}

export const duplicateIndex = defineCheck({
  id: 'duplicate-index',
  rev: 1,
  title: 'No index repeats another',
  why: 'Each copy is written with every insert and update, and none answers a query the other could not.',
  severity: 'medium',
  aliases: ['duplicate_index'],
  source: 'Supabase lint 0009 duplicate_index, with indexes that are the beginning of another',
  remedy: 'Drop the copy; keep the one behind a constraint.',
  falseAlarms:
    'Predicate, operator classes, order, included columns and method must agree; a unique index is never called the beginning of another, since it also keeps duplicates out; partitions are judged by their root.',
  matrix: 'Indexes',
  needs: ['indexes', 'relations'],
  evaluate({ facts }) {
    const partitioned = new Set(
      facts.relations.filter(({ kind }) => kind === 'partitioned table').map(({ schema, name }) => keyOf(schema, name)),
    );
    const indexes = facts.indexes.filter((index) => !index.platform && !index.inherited && index.valid);
    const findings: FindingDraft[] = [];
    const report = (index: Index, other: Index, severity: 'medium' | 'low', message: string, detail: string) => {
      const object = objectRef('index', index.schema, index.name, { table: index.table });
      findings.push({
        object,
        severity,
        message,
        detail,
        fix: { sql: dropSql(index, partitioned.has(keyOf(index.schema, index.table))) },
        discriminator: other.name,
      });
    };
    for (const own of groupBy(indexes, (index) => keyOf(index.schema, index.table)).values()) {
      if (own.length < 2) continue;
      // Parsing is dear: only indexes that begin alike can be equal, or one the beginning of the other.
      const shapes = own
        .filter((index) => own.some((other) => other !== index && other.columns[0] === index.columns[0]))
        .map(shapeOf)
        .filter((shape) => shape !== null);
      const dropped = new Set<Index>();
      for (const group of groupBy(shapes, ({ parts, rest }) => `${parts.join()}|${rest}`).values()) {
        const [kept, ...copies] = group.map(({ index }) => index).sort(keepFirst);
        for (const copy of copies) {
          if (!kept) continue;
          dropped.add(copy);
          report(
            copy,
            kept,
            'medium',
            `the index ${qualified(copy.schema, copy.name)} is the same as ${quoteIdent(kept.name)}: every write to ${qualified(copy.schema, copy.table)} pays twice`,
            `Both index (${copy.columns.map((column) => column ?? 'an expression').join(', ')}) with ${copy.method}.`,
          );
        }
      }
      for (const short of shapes) {
        if (dropped.has(short.index) || short.index.unique || short.index.constraint || short.index.method !== 'btree')
          continue;
        const longer = shapes.find(
          (long) =>
            long !== short &&
            !dropped.has(long.index) &&
            long.rest === short.rest &&
            long.parts.length > short.parts.length &&
            short.parts.every((part, at) => part === long.parts[at]),
        );
        if (!longer) continue;
        report(
          short.index,
          longer.index,
          'low',
          `the index ${qualified(short.index.schema, short.index.name)} is the beginning of ${quoteIdent(longer.index.name)}, which answers the same queries`,
          `(${short.index.columns.join(', ')}) against (${longer.index.columns.map((column) => column ?? 'an expression').join(', ')}).`,
        );
      }
    }
    return evaluated(indexes.length, 'index', findings);
  },
});
