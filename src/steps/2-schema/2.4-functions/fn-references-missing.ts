import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FunctionFact } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { walk } from '../../../core/sql.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { columnsOf, relationNamed } from '../../lib/exposure.ts';
import { located } from '../../lib/origins.ts';
import { functionTree } from '../../lib/sql-tree.ts';
import { keyOf } from '../../lib/tables.ts';

interface RangeVar {
  schemaname?: string;
  relname?: string;
}
interface Write {
  operation: 'INSERT' | 'UPDATE' | 'DELETE';
  relation: RangeVar;
  columns: string[];
}

function targets(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return (list as { ResTarget?: { name?: string } }[]).flatMap(({ ResTarget }) => ResTarget?.name ?? []);
}

/** What the statements of a body write to: the names stand there as such, no variable or CTE can take their place. */
function writesIn(body: unknown): Write[] {
  const writes: Write[] = [];
  walk(body, (type, node) => {
    const relation = node.relation as RangeVar | undefined;
    if (!relation?.relname) return undefined;
    if (type === 'InsertStmt') {
      const conflict = node.onConflictClause as { targetList?: unknown } | undefined;
      writes.push({
        operation: 'INSERT',
        relation,
        columns: [...targets(node.cols), ...targets(conflict?.targetList)],
      });
    } else if (type === 'UpdateStmt') writes.push({ operation: 'UPDATE', relation, columns: targets(node.targetList) });
    else if (type === 'DeleteStmt') writes.push({ operation: 'DELETE', relation, columns: [] });
    return undefined;
  });
  return writes;
}

/** Tables that functions make for themselves, and whether any statement is put together at run time. */
function ownTables(fn: FunctionFact, made: Set<string>): boolean {
  const tree = functionTree(fn);
  walk(tree.body ?? [], (type, node) => {
    const into = node.into as { rel?: RangeVar } | undefined;
    const relation = type === 'CreateStmt' ? (node.relation as RangeVar | undefined) : into?.rel;
    if ((type === 'CreateStmt' || type === 'CreateTableAsStmt') && relation?.relname) made.add(relation.relname);
    return undefined;
  });
  let dynamic = false;
  walk(tree.plpgsql, (type) => {
    if (type.startsWith('PLpgSQL_stmt_dyn')) dynamic = true;
    return undefined;
  });
  return dynamic;
}

/** The schemas in which an unqualified name is looked up; null when they cannot be told. */
function searchPath(fn: FunctionFact): string[] | null {
  const setting = fn.config.find((entry) => entry.startsWith('search_path='))?.slice('search_path='.length);
  if (setting === undefined) return ['public', 'extensions'];
  const schemas = setting
    .split(',')
    .map((part) => part.trim().replace(/^"(.*)"$/, '$1'))
    .filter((part) => part !== '' && part !== '$user' && !part.startsWith('pg_'));
  return schemas.length > 0 ? schemas : null;
}

export const fnReferencesMissing = defineCheck({
  id: 'fn-references-missing',
  rev: 1,
  title: 'Functions write only to tables and columns that exist',
  why: 'PostgreSQL does not look into a function’s body when a table changes: the error comes when it is called, and on a trigger it fails every write to the table.',
  severity: 'high',
  source: 'CATALOGUE 2.4 plpgsql-check, its static part over the catalogue',
  remedy: 'Change the function to the table as it is now, or drop it if nothing calls it.',
  falseAlarms:
    'Only the targets of INSERT, UPDATE and DELETE are judged, where neither a variable nor a common table expression can stand. Temporary tables that any function makes, functions that put statements together at run time, and unqualified names under an empty search_path are left out.',
  matrix: 'Schema',
  needs: ['functions', 'relations', 'columns', 'schemas', 'triggers'],
  uses: ['repoMigrations'],
  evaluate({ facts }) {
    const functions = facts.functions.filter(
      (fn) => !fn.platform && fn.extension === null && (fn.language === 'sql' || fn.language === 'plpgsql'),
    );
    const made = new Set<string>();
    const dynamic = new Set(functions.filter((fn) => ownTables(fn, made)));
    const names = new Set(facts.relations.map(({ name }) => name));
    const ownSchemas = new Set(
      facts.schemas.filter(({ platform, extension }) => !platform && extension === null).map(({ name }) => name),
    );
    const attached = new Set(
      facts.triggers
        .filter(({ internal, enabled }) => !internal && enabled !== 'D')
        .map((trigger) => keyOf(trigger.functionSchema, trigger.function)),
    );
    const readable = functions.filter((fn) => functionTree(fn).body !== null);
    const findings = readable.flatMap((fn): FindingDraft[] => {
      const problems = new Map<string, string>();
      for (const { operation, relation, columns } of writesIn(functionTree(fn).body)) {
        const name = relation.relname ?? '';
        const schemas = relation.schemaname ? [relation.schemaname] : searchPath(fn);
        if (schemas === null || made.has(name)) continue;
        const found = schemas.map((schema) => relationNamed(facts, schema, name)).find((row) => row !== undefined);
        if (!found) {
          const judged = relation.schemaname ? ownSchemas.has(relation.schemaname) : !names.has(name);
          if (judged && !dynamic.has(fn)) {
            const shown = relation.schemaname ? qualified(relation.schemaname, name) : quoteIdent(name);
            problems.set(`table ${shown}`, `${operation} names the table ${shown}, which does not exist`);
          }
          continue;
        }
        const present = new Set(columnsOf(facts, found).map((column) => column.name));
        for (const column of present.size === 0 ? [] : columns) {
          if (present.has(column)) continue;
          const shown = `${qualified(found.schema, found.name)}.${quoteIdent(column)}`;
          problems.set(`column ${shown}`, `${operation} names the column ${shown}, which does not exist`);
        }
      }
      const fires = attached.has(keyOf(fn.schema, fn.name));
      const object = objectRef('function', fn.schema, fn.name, { signature: fn.arguments });
      return [...problems].map(([discriminator, problem]) => ({
        object,
        severity: fires ? ('blocker' as const) : ('high' as const),
        message: `${qualified(fn.schema, fn.name)} fails when it gets there: its ${problem}${fires ? '; it is a trigger, so the write that fires it fails too' : ''}`,
        detail: 'The function’s body was read as a tree and its names looked up in the catalogue.',
        fix: { command: 'Change the function to the table as it is, or drop it if nothing calls it.' },
        discriminator,
        ...located(facts, object),
      }));
    });
    return evaluated(readable.length, 'function', findings);
  },
});
