import type { SupabaseClient } from '@supabase/supabase-js';
import type { Facts } from '../../core/facts.ts';
import type { Returned } from './answer.ts';

type Cell = Facts['accessMatrix']['relations'][number]['cells'][number];

/** One question of the access matrix, put to the Data API. */
export interface ApiQuestion extends Pick<Cell, 'command'> {
  schema: string;
  table: string;
  /** Which rows: column → value as text. */
  where: Readonly<Record<string, string | null>>;
  /** Of INSERT and UPDATE: column → value. */
  values: Readonly<Record<string, unknown>>;
}

export interface ApiAnswer {
  outcome: Exclude<Cell['outcome'], 'not-tried'>;
  status: number;
  code: string | null;
  /** An INSERT that went through: the row is there. */
  wrote: boolean;
}

/**
 * PostgREST undoes a change of more rows than that and says so with PGRST124 (docs.postgrest.org, “Max Affected”), from
 * version 13 on: whether a row can be changed is learnt without changing it.
 */
const UNDONE = 'handling=strict, max-affected=0';
export const UNDOING_POSTGREST = 13;

interface Filterable<B> {
  eq(column: string, value: string): B;
  is(column: string, value: null): B;
}

function filtered<B extends Filterable<B>>(builder: B, where: ApiQuestion['where']): B {
  let narrowed = builder;
  for (const [column, value] of Object.entries(where))
    narrowed = value === null ? narrowed.is(column, null) : narrowed.eq(column, value);
  return narrowed;
}

function listedColumns(where: ApiQuestion['where']): string {
  const names = Object.keys(where);
  return names.length === 0 ? '*' : names.map((name) => `"${name}"`).join(',');
}

async function send(
  client: SupabaseClient,
  question: ApiQuestion,
  prefer: string,
): Promise<Returned & { data: unknown; count: number | null }> {
  const { command, schema, table, where, values } = question;
  const relation = client.schema(schema).from(table);
  switch (command) {
    case 'select':
      return filtered(relation.select(listedColumns(where)).limit(1), where);
    case 'insert':
      return relation.insert(values);
    case 'update':
      return filtered(relation.update(values), where).setHeader('Prefer', prefer);
    case 'delete':
      return filtered(relation.delete(), where).setHeader('Prefer', prefer);
  }
}

/** How it went, in the words of the access matrix. Of the answer nothing but status, code and whether there was a row is read. */
export async function askApi(
  client: SupabaseClient,
  question: ApiQuestion,
  options: {
    /** Throws where the answer tells nothing. */
    check?: (returned: Returned) => void;
    /** The server undoes every request by itself (tests): changes are made, and counted. */
    undoneByServer?: boolean;
  } = {},
): Promise<ApiAnswer> {
  const returned = await send(client, question, options.undoneByServer ? 'count=exact' : UNDONE);
  options.check?.(returned);
  const { status, error, data, count } = returned;
  const code = error?.code || null;
  const went = (outcome: ApiAnswer['outcome'], wrote = false): ApiAnswer => ({ outcome, status, code, wrote });
  if (error === null) {
    if (question.command === 'insert') return went('allowed', true);
    const rows = question.command === 'select' ? (Array.isArray(data) ? data.length : 0) : (count ?? 0);
    return went(rows > 0 ? 'allowed' : 'filtered');
  }
  if (code === 'PGRST124') return went('allowed');
  if (code === '42501') return went('denied');
  if (code === '42P17') return went('recursion');
  // Constraints are asked after privileges and policies (nodeModifyTable.c: WITH CHECK OPTIONs before ExecConstraints).
  if (/^23[0-9A-Z]{3}$/.test(code ?? '')) return went('allowed');
  return went('error');
}
