import type { Node, ParseResult, RawStmt } from 'libpg-query';
import { sha256 } from './canonical.ts';

export type { Node, ParseResult } from 'libpg-query';

type Parser = Pick<typeof import('libpg-query'), 'parseSync' | 'parsePlPgSQLSync' | 'scanSync'>;
let loaded: Parser | null = null;

/** Loads PostgreSQL's parser (WASM, ~60 ms). Must be awaited once before any other function here. Idempotent. */
export async function loadSqlParser(): Promise<void> {
  if (loaded !== null) return;
  const library = await import('libpg-query');
  await library.loadModule();
  loaded = library;
}

function parser(): Parser {
  if (loaded === null) throw new TypeError('loadSqlParser() must be awaited before SQL is parsed');
  return loaded;
}

/** A statement of a script. */
export interface Statement {
  /** Source text, without the semicolon, comments before it kept out. */
  text: string;
  /** Line of its first token in the script, from 1. */
  line: number;
  node: Node;
}

/** A syntax error with its place in the script. */
export interface SqlSyntaxError {
  message: string;
  line: number;
}

/** Text after leading white space and comments, and how many characters were left out. */
function skipBlank(text: string): number {
  const match = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/.exec(text);
  return match ? match[0].length : 0;
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/**
 * Splits a script into its statements with PostgreSQL's own grammar.
 * A script with a syntax error gives no statements and the error: PostgreSQL's parser does not resume.
 */
export function parseScript(script: string): { statements: Statement[]; error: SqlSyntaxError | null } {
  // The parser refuses a text without a token.
  if (skipBlank(script) === script.length) return { statements: [], error: null };
  const { parseSync } = parser();
  let result: ParseResult;
  try {
    result = parseSync(script);
  } catch (error) {
    const details = (error as { sqlDetails?: { message: string; cursorPosition: number } }).sqlDetails;
    if (!details) throw error;
    return { statements: [], error: { message: details.message, line: lineAt(script, details.cursorPosition) } };
  }
  const bytes = Buffer.from(script, 'utf8');
  const ascii = bytes.length === script.length;
  const statements: Statement[] = [];
  let line = 1;
  let counted = 0;
  for (const raw of result.stmts ?? ([] as RawStmt[])) {
    if (!raw.stmt) continue;
    const start = raw.stmt_location ?? 0;
    const end = raw.stmt_len ? start + raw.stmt_len : bytes.length;
    const source = ascii ? script.slice(start, end) : bytes.subarray(start, end).toString('utf8');
    const blank = skipBlank(source);
    const from = start + Buffer.byteLength(source.slice(0, blank));
    for (; counted < from; counted++) if (bytes[counted] === 10) line++;
    statements.push({ text: source.slice(blank).trimEnd(), line, node: raw.stmt });
  }
  return { statements, error: null };
}

/**
 * sha256 over a script's statements without what stands between them (comments, blank lines, the last semicolon), so that a
 * migration file and the statements the Supabase CLI stored of it compare; null when it does not parse.
 */
export function statementsDigest(script: string): string | null {
  const { statements, error } = parseScript(script);
  return error ? null : sha256(statements.map(({ text }) => text.trim()).join(';\n'));
}

/**
 * sha256 over a script's tokens without comments, blanks and semicolons at the ends: two scripts with one digest differ at
 * most in how they are laid out and explained. Null when it does not scan.
 */
export function tokensDigest(script: string): string | null {
  if (skipBlank(script) === script.length) return sha256('');
  const { scanSync } = parser();
  try {
    const bytes = Buffer.from(script, 'utf8');
    const tokens = scanSync(script)
      .tokens.filter(({ tokenName }) => TOKEN_KINDS[tokenName] !== 'comment')
      .map(({ start, end }) => bytes.toString('utf8', start, end));
    while (tokens.at(-1) === ';') tokens.pop();
    return sha256(tokens.join(' '));
  } catch {
    return null;
  }
}

/** The tree of an expression as PostgreSQL prints it (a policy's USING, a default, a check); null when it does not parse. */
export function parseExpression(expression: string): Node | null {
  const { parseSync } = parser();
  try {
    const statement = parseSync(`select (${expression}\n)`).stmts?.[0]?.stmt;
    if (!statement || !('SelectStmt' in statement)) return null;
    const target = statement.SelectStmt.targetList?.[0];
    return target && 'ResTarget' in target ? (target.ResTarget.val ?? null) : null;
  } catch {
    return null;
  }
}

/** The trees of a query or of an SQL function's body; null when it does not parse. */
export function parseStatements(sql: string): Node[] | null {
  const { statements, error } = parseScript(sql);
  return error ? null : statements.map((statement) => statement.node);
}

/** The PL/pgSQL tree of a `create function … language plpgsql` statement (libpg_query's JSON), or null when it does not parse. */
export function parsePlpgsql(createFunction: string): unknown {
  const { parsePlPgSQLSync } = parser();
  try {
    return parsePlPgSQLSync(createFunction);
  } catch {
    return null;
  }
}

/** Node types begin with a capital letter, fields with a small one. */
function isNodeName(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 65 && first <= 90;
}

/** Calls `visit(type, node)` for every node of a tree, outermost first; a visitor that returns false prunes that branch. */
export function walk(tree: unknown, visit: (type: string, node: Record<string, unknown>) => boolean | undefined): void {
  if (Array.isArray(tree)) {
    for (const item of tree) walk(item, visit);
    return;
  }
  if (tree === null || typeof tree !== 'object') return;
  for (const key in tree) {
    const value = (tree as Record<string, unknown>)[key];
    if (value === null || typeof value !== 'object') continue;
    if (isNodeName(key) && !Array.isArray(value)) {
      if (visit(key, value as Record<string, unknown>) === false) continue;
    }
    walk(value, visit);
  }
}

/** The parts of a dotted name in a tree: `[{String:{sval:'auth'}},{String:{sval:'uid'}}]` → `['auth', 'uid']`; `*` for a star. */
export function nameParts(fields: unknown): string[] {
  if (!Array.isArray(fields)) return [];
  return fields.map((field: Record<string, { sval?: string }>) =>
    'A_Star' in field ? '*' : (field.String?.sval ?? ''),
  );
}

/** A token of SQL text, by offsets (UTF-16 units) into it. */
export interface ScannedToken {
  start: number;
  end: number;
  kind: 'keyword' | 'string' | 'number' | 'comment' | 'other';
}

const TOKEN_KINDS: Readonly<Record<string, ScannedToken['kind']>> = {
  SCONST: 'string',
  USCONST: 'string',
  BCONST: 'string',
  XCONST: 'string',
  ICONST: 'number',
  FCONST: 'number',
  SQL_COMMENT: 'comment',
  C_COMMENT: 'comment',
};

/** SQL split into tokens by PostgreSQL's own lexer, for display; null when it does not scan (an open string, an unloaded parser). */
export function scanSql(sql: string): ScannedToken[] | null {
  const bytes = Buffer.from(sql, 'utf8');
  const ascii = bytes.length === sql.length;
  const offset = (at: number) => (ascii ? at : bytes.subarray(0, at).toString('utf8').length);
  const { scanSync } = parser();
  try {
    return scanSync(sql).tokens.map((token) => ({
      start: offset(token.start),
      end: offset(token.end),
      kind: TOKEN_KINDS[token.tokenName] ?? (token.keywordKind > 0 ? 'keyword' : 'other'),
    }));
  } catch {
    return null;
  }
}
