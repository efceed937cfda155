import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FunctionFact } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { walk } from '../../../core/sql.ts';
import { counted, qualified } from '../../../core/text.ts';
import { located } from '../../lib/origins.ts';
import { callsIn, columnsIn, expressionTree, functionTree, resolveCall } from '../../lib/sql-tree.ts';
import { keyOf } from '../../lib/tables.ts';

const SYNC_HTTP = new Set(['http', 'http_get', 'http_post', 'http_put', 'http_patch', 'http_delete', 'http_head']);

interface Handler {
  conditions?: { PLpgSQL_condition?: { condname?: string } }[];
  action?: Record<string, unknown>[];
}

/** Handlers of `WHEN OTHERS` that do nothing but go on or return: the error leaves no trace. */
function swallowing(plpgsql: unknown): number {
  const names: string[] = [];
  walk(plpgsql, (type, node) => {
    if (type !== 'PLpgSQL_function') return undefined;
    for (const datum of (node.datums as Record<string, { refname?: string }>[] | undefined) ?? []) {
      names.push(Object.values(datum)[0]?.refname ?? '');
    }
    return undefined;
  });
  let count = 0;
  walk(plpgsql, (type, node) => {
    if (type !== 'PLpgSQL_exception') return undefined;
    const { conditions = [], action = [] } = node as Handler;
    const others = conditions.some((condition) => condition.PLpgSQL_condition?.condname === 'others');
    if (others && action.every((statement) => returnsSilently(statement, names))) count++;
    return undefined;
  });
  return count;
}

const ERROR_VARIABLES = new Set(['sqlerrm', 'sqlstate']);

/** A RETURN that hands back NULL, a row or a value, and not the error's text or code. */
function returnsSilently(statement: Record<string, unknown>, names: readonly string[]): boolean {
  const returned = statement.PLpgSQL_stmt_return as
    | { retvarno?: number; expr?: { PLpgSQL_expr?: { query?: string } } }
    | undefined;
  if (!returned) return false;
  if (returned.retvarno !== undefined && ERROR_VARIABLES.has(names[returned.retvarno] ?? '')) return false;
  const query = returned.expr?.PLpgSQL_expr?.query;
  const tree = query === undefined ? null : expressionTree(query);
  return !columnsIn(tree ?? []).some((path) => ERROR_VARIABLES.has(path.at(-1) ?? ''));
}

export const fnErrorHandling = defineCheck({
  id: 'fn-error-handling',
  rev: 1,
  title: 'Functions neither swallow errors nor wait for other servers inside a transaction',
  why: 'A swallowed error is a row that silently was not written; a web request in a trigger holds locks until the other server answers.',
  severity: 'medium',
  source: 'CATALOGUE 2.4 fn-error-handling; PostgreSQL docs, “Trapping Errors”',
  remedy:
    'Catch the conditions you expect, log or re-raise the rest; send web requests with pg_net, which does not wait.',
  falseAlarms:
    'A handler that raises, logs, writes anything or returns the error text is not reported, nor one for named conditions; net.http_post of pg_net does not wait; a function of yours called http_get is not the extension’s.',
  matrix: 'Schema',
  needs: ['functions', 'triggers', 'extensions'],
  uses: ['repoMigrations'],
  evaluate({ facts }) {
    const http = facts.extensions.find(({ name }) => name === 'http');
    const attached = new Set(
      facts.triggers.filter(({ internal }) => !internal).map((row) => keyOf(row.functionSchema, row.function)),
    );
    const functions = facts.functions.filter(
      (fn) => !fn.platform && fn.extension === null && fn.language === 'plpgsql',
    );
    const waits = (fn: FunctionFact): string | null => {
      if (!http || !attached.has(keyOf(fn.schema, fn.name))) return null;
      for (const call of callsIn(functionTree(fn).body ?? [])) {
        if (!SYNC_HTTP.has(call.name) || (call.schema !== null && call.schema !== http.schema)) continue;
        if (resolveCall(facts.functions, call).every((target) => target.extension === 'http' || target.platform))
          return call.name;
      }
      return null;
    };
    const findings = functions.flatMap((fn): FindingDraft[] => {
      const { plpgsql } = functionTree(fn);
      const name = qualified(fn.schema, fn.name);
      const object = objectRef('function', fn.schema, fn.name, { signature: fn.arguments });
      const found: FindingDraft[] = [];
      const swallowed = plpgsql === null ? 0 : swallowing(plpgsql);
      if (swallowed > 0) {
        found.push({
          object,
          message: `${name} swallows every error: what fails in it is not done, and nobody hears of it`,
          detail: `${counted(swallowed, 'handler')} “when others” without RAISE, log or any other statement.`,
          fix: {
            command: "Name the conditions you expect, and in “when others” at least: raise warning '…: %', sqlerrm;",
          },
          discriminator: 'swallow',
          ...located(facts, object),
        });
      }
      const call = waits(fn);
      if (call) {
        found.push({
          object,
          severity: 'high',
          message: `the trigger function ${name} waits for a web server inside the transaction: while that is slow or down, every write to its table hangs or fails`,
          detail: `It calls ${call} of the extension http, which is synchronous.`,
          fix: { command: 'Use net.http_post of pg_net, or write to an outbox table that a job sends from.' },
          discriminator: 'http',
          ...located(facts, object),
        });
      }
      return found;
    });
    return evaluated(functions.length, 'PL/pgSQL function', findings);
  },
});
