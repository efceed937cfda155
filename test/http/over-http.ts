import type pg from 'pg';
import { type Node, nameParts, parseScript } from '../../src/core/sql.ts';
import type { ApiQuestion } from '../../src/facts/http/cells.ts';
import type { AccessQuestion } from '../../src/facts/shadow/access/probe.ts';

/* A question of the access matrix, put as SQL there, as a request to the Data API. */

/** What a request cannot say that SQL can. */
export class Unsayable extends Error {}

type Fields = Record<string, unknown>;
const inside = (node: unknown, kind: string) => (node as Record<string, Fields> | undefined)?.[kind];

/** A literal, cast or not, as text. */
function literal(node: unknown): string | null {
  const cast = inside(node, 'TypeCast');
  if (cast) return literal(cast.arg);
  const constant = inside(node, 'A_Const');
  if (!constant) throw new Unsayable('a value that is no literal');
  if (constant.isnull) return null;
  const { sval, ival, boolval, fval } = constant as Record<string, Fields | undefined>;
  if (sval) return String(sval.sval ?? '');
  if (ival) return String(ival.ival ?? 0);
  if (boolval) return String(boolval.boolval ?? false);
  return String(fval?.fval);
}

function columnOf(node: unknown): string | null {
  const reference = inside(node, 'ColumnRef');
  return reference ? (nameParts(reference.fields as Node[]).at(-1) ?? null) : null;
}

function conditions(node: unknown): Record<string, string | null> {
  if (!node) return {};
  const both = inside(node, 'BoolExpr');
  if (both) return Object.assign({}, ...(both.args as unknown[]).map(conditions));
  const comparison = inside(node, 'A_Expr');
  if (!comparison) {
    if (literal(node) === 'true') return {};
    throw new Unsayable('a condition that is no comparison');
  }
  const column = columnOf(comparison.lexpr);
  if (column === null || column === 'ctid') throw new Unsayable('a row without a key has no name in a request');
  return { [column]: literal(comparison.rexpr) };
}

/** The same question over HTTP. Throws Unsayable. `client` reads as a superuser what a column is set to when set to itself. */
export async function overHttp({ target, cell }: AccessQuestion, client: pg.Client): Promise<ApiQuestion> {
  const { relation } = target;
  const base = { command: cell.command, schema: relation.schema, table: relation.name };
  const [statement] = parseScript(cell.sql ?? '').statements;
  const node = statement?.node as Record<string, Fields> | undefined;
  const [kind, body] = Object.entries(node ?? {})[0] ?? [];
  if (kind === 'SelectStmt' || kind === 'DeleteStmt')
    return { ...base, where: conditions(body?.whereClause), values: {} };
  if (kind === 'InsertStmt') {
    const columns = ((body?.cols ?? []) as unknown[]).map((column) => String(inside(column, 'ResTarget')?.name));
    const select = inside(body?.selectStmt, 'SelectStmt');
    const [row] = (select?.valuesLists ?? []) as unknown[];
    const items = ((inside(row, 'List')?.items ?? []) as unknown[]).map(literal);
    return { ...base, where: {}, values: Object.fromEntries(columns.map((name, at) => [name, items[at]])) };
  }
  if (kind !== 'UpdateStmt') throw new Unsayable(`a ${kind}`);
  const where = conditions(body?.whereClause);
  const change = inside(((body?.targetList ?? []) as unknown[])[0], 'ResTarget');
  const column = String(change?.name);
  if (columnOf(change?.val) === null) return { ...base, where, values: { [column]: literal(change?.val) } };
  const text = cell.sql ?? '';
  const { rows } = await client.query<{ value: string | null }>(
    `select "${column}"::text as value from "${relation.schema}"."${relation.name}"${text.slice(text.lastIndexOf(' where '))}`,
  );
  return { ...base, where, values: { [column]: rows[0]?.value ?? null } };
}
