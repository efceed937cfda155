import { redact } from '../../core/redact.ts';
import { scanSql } from '../../core/sql.ts';

/**
 * A statement of pg_stat_statements without any literal that PostgreSQL left in it (utility commands such as
 * `create role … password '…'` keep theirs): strings and numbers become `$?`, comments go. Text that PostgreSQL's lexer
 * cannot read is withheld. The parser must be loaded.
 */
export function withoutLiterals(query: string): string {
  const tokens = scanSql(query);
  if (tokens === null) return '[REDACTED:statement]';
  let out = '';
  let at = 0;
  for (const token of tokens) {
    if (token.kind !== 'string' && token.kind !== 'number' && token.kind !== 'comment') continue;
    out += query.slice(at, token.start) + (token.kind === 'comment' ? '' : '$?');
    at = token.end;
  }
  return redact(out + query.slice(at)).trim();
}
