import { redact } from '../../../../core/redact.ts';
import { nameParts, scanSql } from '../../../../core/sql.ts';
import { qualified, quoteIdent } from '../../../../core/text.ts';
import type { Fields, TableName } from './model.ts';

/* SQL in the words of a statement, for the safe form that is shown beside a risk. */

const PLAIN_TYPES: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  bool: 'boolean',
  float4: 'real',
  float8: 'double precision',
  bpchar: 'character',
  varchar: 'character varying',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  timetz: 'time with time zone',
  time: 'time without time zone',
};

/** Longer statements are not shown as a whole. */
const MAX_SHOWN = 2000;

interface TypeName {
  names?: unknown;
  typmods?: readonly { A_Const?: { ival?: { ival?: number } } }[];
  arrayBounds?: unknown[];
}

/** The type's own name, without schema pg_catalog: `int4`, `serial`, `app.mood`. */
export function typeNameOf(type: unknown): string {
  const parts = nameParts((type as TypeName | undefined)?.names);
  return (parts[0] === 'pg_catalog' ? parts.slice(1) : parts).join('.');
}

/** Its modifiers, e.g. [10, 2] of numeric(10, 2). */
export function modifiersOf(type: unknown): number[] {
  return ((type as TypeName | undefined)?.typmods ?? []).flatMap(({ A_Const: constant }) =>
    constant?.ival ? [constant.ival.ival ?? 0] : [],
  );
}

/** A type as format_type() writes it, as far as its name tells: `character varying(20)`, `timestamp with time zone`, `text[]`. */
export function typeText(type: unknown): string {
  const name = typeNameOf(type);
  const plain = PLAIN_TYPES[name] ?? name.split('.').map(quoteIdent).join('.');
  const modifiers = modifiersOf(type);
  const [first = '', ...rest] = plain.split(' ');
  const sized =
    modifiers.length === 0 || name === 'interval'
      ? plain
      : /^time/.test(name)
        ? [`${first}(${modifiers.join(',')})`, ...rest].join(' ')
        : `${plain}(${modifiers.join(',')})`;
  return sized + '[]'.repeat(((type as TypeName | undefined)?.arrayBounds ?? []).length);
}

export function tableText({ schema, name }: TableName): string {
  return qualified(schema, name);
}

/** Names of columns in a tree's list of strings. */
export function namesIn(list: unknown): string[] {
  return nameParts(list);
}

/** Puts `words` behind the first keyword of that name; null where the statement is too long or does not scan. */
export function insertAfterWord(text: string, word: string, words: string): string | null {
  if (text === '' || text.length > MAX_SHOWN) return null;
  const token = scanSql(text)?.find(
    ({ start, end, kind }) => kind === 'keyword' && text.slice(start, end).toLowerCase() === word,
  );
  return token ? `${text.slice(0, token.end)} ${words}${text.slice(token.end)}` : null;
}

/** A statement of the repository, fit to be shown. */
export function shown(sql: string | null): string | null {
  return sql === null || sql.length > 2 * MAX_SHOWN ? null : redact(sql);
}

/** A function called without arguments, as text; null for any other expression. */
export function bareCall(expression: unknown): string | null {
  const call = (expression as { FuncCall?: Fields } | undefined)?.FuncCall;
  if (!call || Array.isArray(call.args)) return null;
  return `${nameParts(call.funcname).map(quoteIdent).join('.')}()`;
}
