import { parseScript } from '../../../../core/sql.ts';
import type { Repository } from '../../files.ts';
import { findMigrations, type MigrationTool } from '../discover.ts';
import { hasSections, upScript } from '../sections.ts';
import type { FileState, History, Risks } from './model.ts';
import { judgeStatement } from './statement.ts';

/** A file begins like a new session. `transaction` is false where the file asks its tool for none. */
function newFile(path: string, tool: MigrationTool, statements: number, transaction: boolean, text: string): FileState {
  // psql runs each statement by itself; dbmate and goose open a transaction, Prisma sends the file as one message.
  const plain = tool === 'sql' && !hasSections(text);
  return {
    path,
    tool,
    inTransaction: transaction && !plain,
    ownTransaction: false,
    schema: 'public',
    lockTimeout: false,
    statementTimeout: false,
    notValid: new Set(),
    unlimited: new Set(),
    statements,
  };
}

/**
 * Reads what migrations do to tables that are in use, file by file in their order: locks, rewrites, losses and what breaks
 * running code, by the rules that squawk documents (names as there), from the statements' trees. Every file is read, since
 * only the live history tells which are pending. The SQL parser must be loaded.
 */
export function readMigrationRisks(
  repository: Repository,
  override: string | undefined,
): { value: Risks; notes: string[] } {
  const { tool, files } = findMigrations(repository, override);
  const history: History = {
    notNullChecks: new Map(),
    provenNotNull: new Set(),
    out: { risks: [], tables: [], grants: [] },
  };
  const notes: string[] = [];
  for (const { path } of tool === null ? [] : files) {
    const file = repository.read(path);
    if (file === null) {
      notes.push(`${path} is too large or not text`);
      continue;
    }
    const { text, transaction } = upScript(file.text, tool);
    const { statements, error } = parseScript(text);
    if (error) notes.push(`${path} does not parse at line ${error.line}`);
    const state = newFile(path, tool ?? 'sql', statements.length, transaction, file.text);
    for (const statement of statements) judgeStatement(statement, state, history);
    if (state.ownTransaction) {
      const line = statements.at(-1)?.line ?? 1;
      history.out.risks.push({
        path,
        line,
        rule: 'ban-uncommitted-transaction',
        schema: null,
        table: null,
        name: null,
        what: 'begins a transaction and never commits it',
        asked: null,
        rewrite: 'commit',
      });
    }
  }
  return { value: history.out, notes };
}
