import type { ScannedToken } from '../../core/sql.ts';
import { printable } from '../../core/text.ts';
import type { Tone } from '../theme.ts';
import { type Line, type Span, wrapSpans } from './line.ts';

/** Scans SQL into tokens with PostgreSQL's own lexer; null when it does not scan or the lexer is not loaded yet. */
export type SqlScanner = (sql: string) => readonly ScannedToken[] | null;

const TONES: Readonly<Record<ScannedToken['kind'], Tone | undefined>> = {
  keyword: 'accent',
  string: 'ok',
  number: 'literal',
  comment: 'muted',
  other: undefined,
};

function piece(text: string, tone: Tone | undefined): Span {
  const clean = printable(text, { multiline: true }).replaceAll('\t', '  ');
  return tone === undefined ? { text: clean } : { text: clean, tone };
}

function pushText(rows: Span[][], text: string, tone: Tone | undefined): void {
  for (const [index, part] of text.split('\n').entries()) {
    if (index > 0) rows.push([]);
    if (part !== '') rows.at(-1)?.push(piece(part, tone));
  }
}

/** SQL as lines of `width` cells, each after `indent` spaces, coloured by token. Never changes a visible character. */
export function sqlLines(sql: string, width: number, scan: SqlScanner, indent = 0): Line[] {
  const rows: Span[][] = [[]];
  let at = 0;
  for (const token of scan(sql) ?? []) {
    pushText(rows, sql.slice(at, token.start), undefined);
    pushText(rows, sql.slice(token.start, token.end), TONES[token.kind]);
    at = token.end;
  }
  pushText(rows, sql.slice(at), undefined);
  while (rows.length > 1 && rows.at(-1)?.length === 0) rows.pop();
  const margin: Span = { text: ' '.repeat(indent) };
  return rows.flatMap((row) => wrapSpans(row, Math.max(8, width - indent), 2).map((part) => [margin, ...part]));
}
