import type { FunctionFact } from '../../core/facts.ts';
import { walk } from '../../core/sql.ts';
import { perFacet } from './memo.ts';
import { functionTree } from './sql-tree.ts';

/*
 * Which function bodies truth.ts can follow. A body with anything else in it (loops, assignments, dynamic SQL, exception
 * handlers …) can return anything.
 */

type Fields = Record<string, unknown>;

/** A PL/pgSQL body of nothing but IF, RAISE and RETURN. */
export interface SimpleBody {
  /** Every returned expression. */
  returns: readonly string[];
  /** Declared variables, which nothing assigns to, in order; `value` null without one or where the name is declared twice. */
  variables: readonly { name: string; type: string; value: string | null }[];
}

function fieldsOf(node: unknown, type: string): Fields | undefined {
  const fields = (node as Fields | null | undefined)?.[type];
  return fields !== null && typeof fields === 'object' ? (fields as Fields) : undefined;
}

function queryOf(expression: unknown): string | null {
  const query = fieldsOf(expression, 'PLpgSQL_expr')?.query;
  return typeof query === 'string' ? query : null;
}

/** Adds the returned expressions of the statements; false where a statement is not one of those followed. */
function follow(statements: unknown, returns: string[]): boolean {
  if (statements === undefined) return true;
  if (!Array.isArray(statements)) return false;
  return statements.every((statement: unknown) => {
    const block = fieldsOf(statement, 'PLpgSQL_stmt_block');
    if (block) return block.exceptions === undefined && follow(block.body, returns);
    const returned = fieldsOf(statement, 'PLpgSQL_stmt_return');
    if (returned) {
      // RETURN of a plain variable has its number and no expression.
      const query = queryOf(returned.expr);
      if (query === null) return false;
      returns.push(query);
      return true;
    }
    const branch = fieldsOf(statement, 'PLpgSQL_stmt_if');
    if (!branch) return fieldsOf(statement, 'PLpgSQL_stmt_raise') !== undefined;
    const others = Array.isArray(branch.elsif_list) ? branch.elsif_list : [];
    return (
      follow(branch.then_body, returns) &&
      others.every((other: unknown) => follow(fieldsOf(other, 'PLpgSQL_if_elsif')?.stmts, returns)) &&
      follow(branch.else_body, returns)
    );
  });
}

function variablesOf(datums: unknown): SimpleBody['variables'] {
  const variables: { name: string; type: string; value: string | null }[] = [];
  for (const datum of Array.isArray(datums) ? (datums as Fields[]) : []) {
    const fields = Object.values(datum)[0] as Fields | undefined;
    // A parameter stands on no line.
    if (fields?.lineno === undefined || typeof fields.refname !== 'string') continue;
    const name = fields.refname;
    const type = String(fieldsOf(fields.datatype, 'PLpgSQL_type')?.typname ?? '');
    const twice = variables.find((variable) => variable.name === name);
    if (twice) twice.value = null;
    else variables.push({ name, type, value: queryOf(fields.default_val) });
  }
  return variables;
}

function simpleBodyOf(fn: FunctionFact): SimpleBody | null {
  const { plpgsql } = functionTree(fn);
  let found: Fields | undefined;
  const visit = (node: unknown): void => {
    if (found || node === null || typeof node !== 'object') return;
    found = fieldsOf(node, 'PLpgSQL_function');
    if (!found) for (const child of Object.values(node)) visit(child);
  };
  visit(plpgsql);
  if (!found || fn.body.includes('#variable_conflict')) return null;
  const returns: string[] = [];
  if (!follow([found.action], returns) || returns.length === 0) return null;
  return { returns, variables: variablesOf(found.datums) };
}

const bodies = perFacet((fn: FunctionFact) => ({ body: simpleBodyOf(fn) }));

/** The PL/pgSQL function's body where it can be followed, else null. */
export function simpleBody(fn: FunctionFact): SimpleBody | null {
  return bodies(fn).body;
}

/** Names that mean something of a query's own in the function's body, columns of its tables left out; null where they cannot be told. */
const ownNames = perFacet((fn: FunctionFact) => {
  const names = new Set<string>();
  let told = true;
  walk(functionTree(fn).body, (type, node) => {
    if (type === 'RangeFunction' || type === 'RangeTableFunc') told = false;
    if (type === 'RangeVar') {
      const { schemaname, relname } = node as { schemaname?: unknown; relname?: unknown };
      if (schemaname === 'pg_catalog' || schemaname === 'information_schema') told = false;
      if (typeof relname === 'string' && relname.startsWith('pg_')) told = false;
    }
    return undefined;
  });
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'ColumnRef') continue;
      if (typeof value === 'string') names.add(value);
      else visit(value);
    }
  };
  visit(functionTree(fn).body);
  return { names: told ? names : null };
});

/**
 * True when a parameter of an SQL function means itself within its queries too: there a column of the same name comes
 * first (PostgreSQL docs, “Arguments for SQL Functions”). `columns`: every column name of the database.
 */
export function meansParameter(fn: FunctionFact, name: string, columns: ReadonlySet<string> | undefined): boolean {
  const { names } = ownNames(fn);
  return columns !== undefined && names !== null && !columns.has(name) && !names.has(name);
}
