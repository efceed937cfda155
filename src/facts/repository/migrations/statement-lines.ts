import { nameParts, parseScript, scanSql } from '../../../core/sql.ts';

/** Lines of a file, for the parts of one statement in it. */
export interface StatementLines {
  /** `name` of a column → where it is defined. */
  columns: ReadonlyMap<string, number>;
  /** Name of a constraint, or `p:a,b` for what it is (as pg_constraint.contype) and its columns → where it is defined. */
  constraints: ReadonlyMap<string, number>;
}

interface ConstraintNode {
  contype?: string;
  conname?: string;
  location?: number;
  keys?: unknown;
  fk_attrs?: unknown;
}

const CONTYPES: Readonly<Record<string, string>> = {
  CONSTR_PRIMARY: 'p',
  CONSTR_UNIQUE: 'u',
  CONSTR_FOREIGN: 'f',
  CONSTR_CHECK: 'c',
};

/** Longer statements are data. */
const MAX_PARSED = 1024 * 1024;

/**
 * Where the columns and constraints of a CREATE TABLE or ALTER TABLE stand, so that a finding on one of forty columns points
 * at its own line. `first` is the line of the statement's first token. Nothing for other statements and broken ones.
 */
export function linesWithin(text: string, first: number): StatementLines {
  const columns = new Map<string, number>();
  const constraints = new Map<string, number>();
  const tree = text.length > MAX_PARSED ? undefined : parseScript(text).statements[0]?.node;
  const offsets = lineCounter(text, first);
  const constraint = (node: ConstraintNode, column: string | null) => {
    const { location } = node;
    if (location === undefined) return;
    const line = offsets(location);
    if (node.conname) constraints.set(node.conname, line);
    const type = CONTYPES[node.contype ?? ''];
    const named = nameParts(node.contype === 'CONSTR_FOREIGN' ? node.fk_attrs : node.keys);
    const keys = named.length > 0 ? named : column === null ? [] : [column];
    if (type && keys.length > 0 && !constraints.has(`${type}:${keys}`)) constraints.set(`${type}:${keys}`, line);
  };
  const element = (node: unknown) => {
    const { ColumnDef: column, Constraint: table } = node as {
      ColumnDef?: { colname?: string; location?: number; constraints?: unknown };
      Constraint?: ConstraintNode;
    };
    if (table) constraint(table, null);
    if (column?.colname === undefined || column.location === undefined) return;
    columns.set(column.colname, offsets(column.location));
    for (const own of (column.constraints ?? []) as { Constraint?: ConstraintNode }[])
      if (own.Constraint) constraint(own.Constraint, column.colname);
  };
  if (tree && 'CreateStmt' in tree) tree.CreateStmt.tableElts?.forEach(element);
  if (tree && 'AlterTableStmt' in tree) {
    for (const command of tree.AlterTableStmt.cmds ?? [])
      if ('AlterTableCmd' in command && command.AlterTableCmd.def) element(command.AlterTableCmd.def);
  }
  return { columns, constraints };
}

/** The line of a byte offset; offsets may come in any order. */
function lineCounter(text: string, first: number): (offset: number) => number {
  const bytes = Buffer.from(text, 'utf8');
  return (offset) => {
    let line = first;
    for (let at = bytes.indexOf(10); at !== -1 && at < offset; at = bytes.indexOf(10, at + 1)) line++;
    return line;
  };
}

/** Where the body of a DO block begins: line 1 of what PL/pgSQL counts. */
export function bodyLine(text: string, first: number): number {
  const strings = (scanSql(text) ?? []).filter(({ kind }) => kind === 'string');
  const body = strings.toSorted((a, b) => b.end - b.start - (a.end - a.start))[0];
  return first + text.slice(0, body?.start ?? 0).split('\n').length - 1;
}
