import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FunctionFact } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { walk } from '../../../core/sql.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { columnsOf, relationNamed } from '../../lib/exposure.ts';
import { CALLER_FACTS, calledBy } from '../../lib/function-callers.ts';
import { complaintKey, type FunctionVerdict, isThereLive, reportOn, verdictOn } from '../../lib/function-issues.ts';
import { functionRef } from '../../lib/refs.ts';
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
  rev: 2,
  title: 'The statements in functions name what exists and fit it',
  why: 'PostgreSQL does not look into a function’s body when a table changes: the error comes when it is called, and on a trigger it fails every write to the table.',
  severity: 'high',
  source: 'CATALOGUE 2.4 plpgsql-check: our own reading, where plpgsql_check has said nothing',
  remedy: 'Change the function to the table as it is now, or drop it if nothing calls it.',
  falseAlarms:
    'With a shadow database PostgreSQL itself analyses each statement and expression of each PL/pgSQL body, with its variables, for each table a trigger function stands on; temporary and transition tables, dynamic SQL, records of unknown shape, extensions that are only stood in for and names of failed migrations are left out. Without one, only the targets of INSERT, UPDATE and DELETE are looked up in the catalogue, where neither a variable nor a common table expression can stand. What plpgsql-check reports of a live database is not reported twice.',
  matrix: 'Schema',
  needs: ['functions', 'relations', 'columns', 'schemas', 'triggers'],
  uses: ['functionChecks', 'plpgsqlCheckLive', ...CALLER_FACTS],
  evaluate({ facts, environment }) {
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
    const readable = functions.filter((fn) => functionTree(fn).body !== null || verdictOn(facts.functionChecks, fn));
    const isReported = (fn: FunctionFact) =>
      reportOn(facts.plpgsqlCheckLive, fn)?.some(({ level }) => level === 'error') ?? false;
    const analysed = (fn: FunctionFact, verdict: FunctionVerdict): FindingDraft[] => {
      const object = functionRef(fn);
      const fires = attached.has(keyOf(fn.schema, fn.name));
      return verdict.issues.flatMap((issue): FindingDraft[] => {
        if (issue.kind !== 'statement' || (environment.source === 'live' && isThereLive(facts, issue))) return [];
        const table = issue.table === null ? '' : ` as the trigger of ${qualified(issue.table[0], issue.table[1])}`;
        return [
          {
            object,
            severity: fires ? 'blocker' : 'high',
            message: `${qualified(fn.schema, fn.name)} fails${table} when it gets there: ${issue.message}${fires ? '; it is a trigger, so the write that fires it fails too' : ''}`,
            detail: `PostgreSQL’s own analysis of the statement in line ${issue.line} of the body (${issue.sqlstate}). ${calledBy(facts, fn)}`,
            fix: {
              command:
                'Change the function to the schema as it is, in a new migration, or drop it if nothing calls it.',
            },
            discriminator: complaintKey(issue),
          },
        ];
      });
    };
    const findings = readable.flatMap((fn): FindingDraft[] => {
      const verdict = verdictOn(facts.functionChecks, fn);
      if (verdict) return analysed(fn, verdict);
      if (isReported(fn)) return [];
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
      const object = functionRef(fn);
      return [...problems].map(([discriminator, problem]) => ({
        object,
        severity: fires ? ('blocker' as const) : ('high' as const),
        message: `${qualified(fn.schema, fn.name)} fails when it gets there: its ${problem}${fires ? '; it is a trigger, so the write that fires it fails too' : ''}`,
        detail: `The function’s body was read as a tree and its names looked up in the catalogue. ${calledBy(facts, fn)}`,
        fix: { command: 'Change the function to the table as it is, or drop it if nothing calls it.' },
        discriminator,
      }));
    });
    return evaluated(readable.length, 'function', findings);
  },
});
