import type pg from 'pg';
import { EXIT, UserError } from '../../core/errors.ts';
import { loadSqlParser, parseScript, type Statement } from '../../core/sql.ts';
import { withClient } from './script.ts';

/** Statements that PostgreSQL refuses inside a transaction block. */
function standsAlone({ node }: Statement): boolean {
  if ('IndexStmt' in node) return node.IndexStmt.concurrent === true;
  if ('DropStmt' in node) return node.DropStmt.concurrent === true;
  if ('ReindexStmt' in node) {
    return (node.ReindexStmt.params ?? []).some((item) => 'DefElem' in item && item.DefElem.defname === 'concurrently');
  }
  if ('VacuumStmt' in node) return node.VacuumStmt.is_vacuumcmd === true;
  return 'AlterSystemStmt' in node || 'CreatedbStmt' in node || 'DropdbStmt' in node;
}

/** Hosted Supabase (supautils) runs these as its superuser on behalf of `postgres`. */
function aboutExtension({ node }: Statement): boolean {
  if ('DropStmt' in node) return node.DropStmt.removeType === 'OBJECT_EXTENSION';
  if ('AlterObjectSchemaStmt' in node) return node.AlterObjectSchemaStmt.objectType === 'OBJECT_EXTENSION';
  return 'AlterExtensionStmt' in node;
}

interface Run {
  role: 'postgres' | 'supabase_admin';
  transaction: boolean;
  statements: Statement[];
}

/** Neighbours that go into one transaction of one role; a statement that stands alone is a run of its own. */
function runsOf(statements: readonly Statement[]): Run[] {
  const runs: Run[] = [];
  for (const statement of statements) {
    if ('TransactionStmt' in statement.node) continue;
    const role = aboutExtension(statement) ? 'supabase_admin' : 'postgres';
    const transaction = !standsAlone(statement);
    const last = runs.at(-1);
    if (last && transaction && last.transaction && last.role === role) last.statements.push(statement);
    else runs.push({ role, transaction, statements: [statement] });
  }
  return runs;
}

function as(role: Run['role'], url: string): string {
  const target = new URL(url);
  target.username = role;
  return target.href;
}

function refused(error: unknown, statement: Statement): UserError {
  const { code, message } = error as pg.DatabaseError;
  return new UserError(
    'fix-failed',
    `PostgreSQL refused the fix: ${message} (SQLSTATE ${code ?? 'unknown'}, statement in line ${statement.line})`,
    'Nothing of its transaction was kept. Change the SQL (c copies it) and run it yourself, then press r',
    EXIT.unknown,
  );
}

async function perform(url: string, { role, transaction, statements }: Run): Promise<void> {
  await withClient(as(role, url), async (client) => {
    await client.query("set lock_timeout = '10s'");
    if (transaction) await client.query('begin');
    for (const statement of statements) {
      try {
        await client.query(statement.text);
      } catch (error) {
        throw refused(error, statement);
      }
    }
    if (transaction) await client.query('commit');
  });
}

/**
 * Runs a finding's fix on the demo database as role postgres: all statements in one transaction, but for those that cannot
 * be in one (CREATE INDEX CONCURRENTLY …), which run by themselves. Returns the number of statements.
 * Throws UserError: fix-syntax (exit 2), fix-failed with SQLSTATE and message (exit 3).
 */
export async function applyFixSql(url: string, sql: string): Promise<number> {
  await loadSqlParser();
  const { statements, error } = parseScript(sql);
  if (error) {
    throw new UserError(
      'fix-syntax',
      `the fix is no valid SQL: ${error.message} (line ${error.line})`,
      'Please report it; the fix has to be written by hand',
    );
  }
  const runs = runsOf(statements);
  for (const run of runs) await perform(url, run);
  return runs.reduce((sum, run) => sum + run.statements.length, 0);
}
