import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FunctionFact } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { walk } from '../../../core/sql.ts';
import { counted, qualified } from '../../../core/text.ts';
import {
  type Call,
  callsIn,
  columnsIn,
  expressionTree,
  functionTree,
  resolveCall,
  stringsIn,
  throughFunctions,
} from '../../lib/sql-tree.ts';
import { keyOf } from '../../lib/tables.ts';

const SYNC_HTTP = new Set(['http', 'http_get', 'http_post', 'http_put', 'http_patch', 'http_delete', 'http_head']);

const DBLINK = new Set(['dblink', 'dblink_connect', 'dblink_exec', 'dblink_connect_u']);

interface Handler {
  conditions?: { PLpgSQL_condition?: { condname?: string } }[];
  action?: Record<string, unknown>[];
}

/** Levels of RAISE that neither the server's log (log_min_messages = warning) nor a client of the API ever shows; elog.h. */
const UNSEEN = new Set([10, 11, 12, 13, 14, 17, 18]);

/** Handlers of `WHEN OTHERS` that go on, return or only raise a NOTICE: the error leaves no trace. */
function swallowing(plpgsql: unknown): { silent: number; noticed: number } {
  const names: string[] = [];
  walk(plpgsql, (type, node) => {
    if (type !== 'PLpgSQL_function') return undefined;
    for (const datum of (node.datums as Record<string, { refname?: string }>[] | undefined) ?? []) {
      names.push(Object.values(datum)[0]?.refname ?? '');
    }
    return undefined;
  });
  const count = { silent: 0, noticed: 0 };
  walk(plpgsql, (type, node) => {
    if (type !== 'PLpgSQL_exception') return undefined;
    const { conditions = [], action = [] } = node as Handler;
    if (!conditions.some((condition) => condition.PLpgSQL_condition?.condname === 'others')) return undefined;
    const notices = action.filter(raisesUnseen);
    const reads = action.filter((statement) => 'PLpgSQL_stmt_getdiag' in statement);
    const rest = action.filter((statement) => !notices.includes(statement) && !reads.includes(statement));
    if (!rest.every((statement) => returnsSilently(statement, names))) return undefined;
    // What GET STACKED DIAGNOSTICS read may be what is returned.
    if (reads.length > 0 && (notices.length === 0 || rest.some(returnsValue))) return undefined;
    if (notices.length > 0) count.noticed++;
    else count.silent++;
    return undefined;
  });
  return count;
}

function raisesUnseen(statement: Record<string, unknown>): boolean {
  const raised = statement.PLpgSQL_stmt_raise as { elog_level?: number } | undefined;
  return raised !== undefined && UNSEEN.has(raised.elog_level ?? 0);
}

function returnsValue(statement: Record<string, unknown>): boolean {
  const returned = statement.PLpgSQL_stmt_return as { expr?: unknown; retvarno?: number } | undefined;
  return returned?.expr !== undefined || returned?.retvarno !== undefined;
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
  rev: 2,
  title: 'Functions neither swallow errors nor wait for other servers inside a transaction',
  why: 'A swallowed error is a row that silently was not written; a web request in a trigger holds locks until the other server answers.',
  severity: 'medium',
  source: 'CATALOGUE 2.4 fn-error-handling; PostgreSQL docs, “Trapping Errors”',
  remedy:
    'Catch the conditions you expect, log or re-raise the rest; send web requests with pg_net, which does not wait.',
  falseAlarms:
    'A handler that raises a warning or more, logs, writes anything or returns the error text is not reported, nor one for named conditions; net.http_post of pg_net does not wait; a function of yours called http_get is not the extension’s. The extension http waits five seconds by itself: only a limit that was taken away or set above thirty seconds counts.',
  matrix: 'Schema',
  needs: ['functions', 'triggers', 'extensions'],
  evaluate({ facts }) {
    const http = facts.extensions.find(({ name }) => name === 'http');
    const dblink = facts.extensions.find(({ name }) => name === 'dblink');
    const attached = new Set(
      facts.triggers.filter(({ internal }) => !internal).map((row) => keyOf(row.functionSchema, row.function)),
    );
    const functions = facts.functions.filter(
      (fn) => !fn.platform && fn.extension === null && fn.language === 'plpgsql',
    );
    const isExtensions = (call: Call, extension: string, schema: string) =>
      (call.schema === null || call.schema === schema) &&
      resolveCall(facts.functions, call).every((target) => target.extension === extension || target.platform);
    /** What the function, or one that it calls, waits for when it fires: the call, and the function it stands in. */
    const waits = (fn: FunctionFact): { call: string; through: FunctionFact | null } | null => {
      if (!attached.has(keyOf(fn.schema, fn.name))) return null;
      for (const { tree, fn: through } of throughFunctions(functionTree(fn).body ?? [], facts.functions)) {
        for (const call of callsIn(tree)) {
          const sleeps = call.name === 'pg_sleep' && (call.schema ?? 'pg_catalog') === 'pg_catalog';
          if (sleeps || (http && SYNC_HTTP.has(call.name) && isExtensions(call, 'http', http.schema)))
            return { call: call.name, through: through === fn ? null : through };
        }
      }
      return null;
    };
    /** Calls to other servers without a limit of time, in words. */
    const unlimited = (fn: FunctionFact): string[] =>
      callsIn(functionTree(fn).body ?? []).flatMap((call) => {
        const texts = call.args.map((arg) => stringsIn(arg)[0] ?? null);
        if (dblink && DBLINK.has(call.name) && isExtensions(call, 'dblink', dblink.schema)) {
          const connection = texts.find(
            (text) => text !== null && /(^|\s)(host|hostaddr)\s*=|^postgres(ql)?:\/\//.test(text),
          );
          return connection && !connection.includes('connect_timeout') ? [`${call.name} without connect_timeout`] : [];
        }
        if (!http || call.name !== 'http_set_curlopt' || !isExtensions(call, 'http', http.schema)) return [];
        const limit = Number(texts[1]) / (texts[0]?.endsWith('_MS') ? 1000 : 1);
        return texts[0]?.startsWith('CURLOPT_TIMEOUT') && (limit === 0 || limit > 30)
          ? [`${texts[0]} of ${texts[1]}`]
          : [];
      });
    const findings = functions.flatMap((fn): FindingDraft[] => {
      const { plpgsql } = functionTree(fn);
      const name = qualified(fn.schema, fn.name);
      const object = objectRef('function', fn.schema, fn.name, { signature: fn.arguments });
      const found: FindingDraft[] = [];
      const { silent, noticed } = plpgsql === null ? { silent: 0, noticed: 0 } : swallowing(plpgsql);
      if (silent + noticed > 0) {
        found.push({
          object,
          message: `${name} swallows every error: what fails in it is not done, and nobody hears of it`,
          detail: [
            ...(silent > 0
              ? [`${counted(silent, 'handler')} “when others” without RAISE, log or any other statement`]
              : []),
            ...(noticed > 0
              ? [
                  `${counted(noticed, 'handler')} “when others” with a NOTICE, which neither the log nor a client of the API shows`,
                ]
              : []),
          ]
            .join('; ')
            .concat('.'),
          fix: {
            command: "Name the conditions you expect, and in “when others” at least: raise warning '…: %', sqlerrm;",
          },
          discriminator: 'swallow',
        });
      }
      const waiting = waits(fn);
      if (waiting) {
        const { call, through } = waiting;
        const other = call === 'pg_sleep' ? 'sleeps' : 'waits for a web server';
        found.push({
          object,
          severity: 'high',
          message: `the trigger function ${name} ${other} inside the transaction: ${call === 'pg_sleep' ? 'meanwhile every lock is held and writes to its table queue up' : 'while that is slow or down, every write to its table hangs or fails'}`,
          detail: `It calls ${call}${call === 'pg_sleep' ? '' : ' of the extension http, which is synchronous'}${through ? `, by way of ${qualified(through.schema, through.name)}` : ''}.`,
          fix: { command: 'Use net.http_post of pg_net, or write to an outbox table that a job sends from.' },
          discriminator: 'http',
        });
      }
      const limits = unlimited(fn);
      if (limits.length > 0) {
        found.push({
          object,
          message: `${name} asks another server without a limit of time: while that does not answer, the transaction and its locks stay open`,
          detail: `${limits.join('; ')}.`,
          fix: {
            command: 'Add connect_timeout=5 to the connection string, or set CURLOPT_TIMEOUT_MS to a few seconds.',
          },
          discriminator: 'timeout',
        });
      }
      return found;
    });
    return evaluated(functions.length, 'PL/pgSQL function', findings);
  },
});
