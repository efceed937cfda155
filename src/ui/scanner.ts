import type { ScannedToken } from '../core/sql.ts';
import type { SqlScanner } from './model/sql.ts';

let scan: ((sql: string) => ScannedToken[] | null) | null = null;

/** Loads PostgreSQL's lexer, which is a megabyte of WASM: after the first frame, never before it. */
export async function loadScanner(): Promise<void> {
  const { loadSqlParser, scanSql } = await import('../core/sql.ts');
  await loadSqlParser();
  scan = scanSql;
}

/** The lexer; until it is loaded, SQL stays uncoloured. */
export function scanner(): SqlScanner {
  return (sql) => scan?.(sql) ?? null;
}
