import type pg from 'pg';
import type { Facts } from '../../core/facts.ts';
import { redact } from '../../core/redact.ts';
import { loadSqlParser } from '../../core/sql.ts';
import { printable } from '../../core/text.ts';
import type { ShadowContext } from './collect.ts';
import { inCopy, stateOf } from './copy-session.ts';
import { analyseStatements, type KnownTypes } from './functions/analyse.ts';
import { type Excuse, excuses } from './functions/excuses.ts';
import { type ListedFunction, listFunctions, nameOf, pathOf } from './functions/list.ts';

type Checks = Facts['functionChecks'];

/** Tables that one trigger function is analysed for. */
export const MAX_TABLES = 12;

/** What PostgreSQL said, fit to be kept. */
export function kept(message: string): string {
  return redact(printable(message));
}

/** Line of the body that an error's place in CREATE FUNCTION lies in. */
function lineOf(fn: ListedFunction, error: pg.DatabaseError): number | null {
  const start = fn.definition.indexOf(fn.source);
  const at = Number(error.position) - 1 - SAVE.length;
  if (start === -1 || !(at >= start)) return null;
  return fn.definition.slice(start, at).split('\n').length;
}

const SAVE = 'savepoint compiled; ';

/** Creates the function again with its body checked; null when PostgreSQL takes it. */
async function compile(client: pg.Client, fn: ListedFunction): Promise<pg.DatabaseError | null> {
  try {
    await client.query(`${SAVE}${fn.definition}\n; rollback to savepoint compiled; release savepoint compiled`);
    return null;
  } catch (error) {
    stateOf(error);
    await client.query('rollback to savepoint compiled; release savepoint compiled');
    return error as pg.DatabaseError;
  }
}

async function checkOne(
  client: pg.Client,
  fn: ListedFunction,
  excuse: Excuse,
  checks: Checks,
  types: KnownTypes,
): Promise<void> {
  await client.query(`select pg_catalog.set_config('search_path', $1, true)`, [pathOf(fn)]);
  checks.functions.push(nameOf(fn));
  const refused = await compile(client, fn);
  if (refused) {
    const { code: sqlstate = '', message } = refused;
    const excused = excuse(fn, { sqlstate, message });
    if (excused !== null) checks.unjudged.push({ ...nameOf(fn), reason: excused });
    else {
      const issue = {
        kind: 'compile' as const,
        table: null,
        line: lineOf(fn, refused),
        sqlstate,
        message: kept(message),
      };
      checks.issues.push({ ...nameOf(fn), ...issue });
    }
    return;
  }
  if (fn.language !== 'plpgsql') return;
  if (!fn.body) {
    checks.unjudged.push({ ...nameOf(fn), reason: 'its body is not read by our parser' });
    return;
  }
  const seen = new Set<string>();
  const reasons = new Set<string>();
  const tables = fn.tables.length > 0 ? fn.tables.slice(0, MAX_TABLES) : [null];
  for (const table of tables) {
    await client.query('savepoint analysed');
    try {
      const { issues, statements } = await analyseStatements(client, fn, table, types);
      if (table === tables[0]) checks.statements += statements;
      for (const issue of issues) {
        const excused = excuse(fn, issue);
        if (excused !== null) reasons.add(excused);
        const key = `${issue.sqlstate} ${issue.message} ${issue.table?.join('.') ?? ''}`;
        if (excused !== null || seen.has(key)) continue;
        seen.add(key);
        checks.issues.push({ ...nameOf(fn), kind: 'statement', ...issue, message: kept(issue.message) });
      }
    } finally {
      await client.query('rollback to savepoint analysed; release savepoint analysed');
    }
  }
  for (const reason of [...reasons].sort()) checks.unjudged.push({ ...nameOf(fn), reason });
}

/**
 * Creates every SQL and PL/pgSQL function of the project again in a copy of the replayed database, with check_function_bodies
 * on, and has PostgreSQL analyse each statement of the PL/pgSQL bodies (functions/analyse.ts), for each table a trigger
 * function stands on. No function runs. What only looks like an error (functions/excuses.ts) is `unjudged`, with the reason.
 */
export function checkFunctions(context: ShadowContext): Promise<Checks> {
  return inCopy(context, async (client) => {
    await loadSqlParser();
    const functions = await listFunctions(client);
    const excuse = await excuses(client, functions, context.shadow.replay, context.root);
    await client.query('set local check_function_bodies = on');
    const types: KnownTypes = new Map();
    const checks: Checks = { functions: [], statements: 0, issues: [], unjudged: [] };
    for (const fn of functions) {
      context.signal?.throwIfAborted();
      await client.query('savepoint function');
      await checkOne(client, fn, excuse, checks, types);
      await client.query('rollback to savepoint function; release savepoint function');
    }
    return checks;
  });
}
