import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Facts, FunctionFact } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { describeObject } from '../../../core/object.ts';
import { walk } from '../../../core/sql.ts';
import { apiFunctions } from '../../lib/api-functions.ts';
import { parameterFlow } from '../../lib/dynamic-sql.ts';
import { API_ROLES, canExecute, exposedSchemas, reachesSchema, UNKNOWN_EXPOSURE } from '../../lib/exposure.ts';
import { functionRef, functionSql, listed, whoOf } from '../../lib/refs.ts';
import { type Call, callsIn, columnsIn, functionTree, resolveCall } from '../../lib/sql-tree.ts';
import { SHARPENED } from '../shared.ts';

/** Functions that open a connection to an address they are given. */
const NETWORK = new Set([
  'http',
  'http_get',
  'http_post',
  'http_put',
  'http_patch',
  'http_delete',
  'http_head',
  'http_collect_response',
  'dblink',
  'dblink_connect',
  'dblink_connect_u',
  'dblink_exec',
  'dblink_open',
  'dblink_send_query',
]);
const EXTENSIONS = new Set(['http', 'pg_net', 'dblink']);

const isNetworkCall = (call: Call) =>
  NETWORK.has(call.name) &&
  (call.schema === null || ['net', 'extensions', 'public', 'http', 'dblink'].includes(call.schema));

/** The address: the argument named url, else the first. */
function addressOf(call: Call): unknown {
  const named = call.argNames.indexOf('url');
  return call.args[named === -1 ? 0 : named];
}

/** Those of some names that an expression uses, `$1` among them. */
function mentions(expression: unknown, names: ReadonlySet<string>): string[] {
  const found = columnsIn(expression).flatMap((parts) => (parts.length === 1 ? [parts[0] ?? ''] : []));
  walk(expression, (type, node) => {
    if (type === 'ParamRef') found.push(`$${Number(node.number ?? 0)}`);
    return undefined;
  });
  return found.filter((name) => names.has(name));
}

const DEPTH = 4;

/**
 * Text parameters that reach the address of a network call: in the body itself, through variables, and through functions of
 * the project's that are called with them.
 */
function addressParameters(
  fn: FunctionFact,
  functions: readonly FunctionFact[],
  within: readonly FunctionFact[] = [],
): string[] {
  if (within.includes(fn) || within.length >= DEPTH) return [];
  const { parameters, body } = functionTree(fn);
  const calls = callsIn(body);
  const inner = [...within, fn];
  const reached = calls.flatMap((call): unknown[] => {
    if (isNetworkCall(call)) return [addressOf(call)];
    return resolveCall(functions, call).flatMap((callee) => {
      if (callee.platform || callee.extension !== null) return [];
      const names = addressParameters(callee, functions, inner);
      const signature = functionTree(callee).parameters;
      return names.map((name) => {
        const at = signature.findIndex((parameter, index) => (parameter.name ?? `$${index + 1}`) === name);
        const named = call.argNames.indexOf(name);
        return call.args[named === -1 ? at : named];
      });
    });
  });
  if (reached.length === 0) return [];
  const origin = parameterFlow(fn, mentions);
  // A parameter may be called by its place as well.
  parameters.forEach((parameter, at) => {
    const from = parameter.name === null ? undefined : origin.get(parameter.name);
    if (from !== undefined) origin.set(`$${at + 1}`, from);
  });
  const names = new Set(origin.keys());
  return [
    ...new Set(reached.flatMap((address) => mentions(address, names)).map((name) => origin.get(name) ?? name)),
  ].sort();
}

function extensionFindings(
  facts: Pick<Facts, 'database' | 'roles' | 'schemas' | 'functions'> & Partial<Pick<Facts, 'repoConfig'>>,
): FindingDraft[] {
  return facts.functions
    .filter(
      (fn) => (fn.extension !== null ? EXTENSIONS.has(fn.extension) : fn.schema === 'net') && NETWORK.has(fn.name),
    )
    .flatMap((fn) => {
      const roles = API_ROLES.filter((role) => reachesSchema(facts, role, fn.schema) && canExecute(facts, role, fn));
      if (roles.length === 0) return [];
      const object = functionRef(fn);
      return [
        {
          object,
          message: `${whoOf(roles)} can make the database call any address with ${describeObject(object)}, also ones only your network reaches`,
          detail: `function of extension ${fn.extension ?? 'pg_net'} in exposed schema ${fn.schema}; EXECUTE held by ${listed(roles)}`,
          fix: {
            sql: `revoke execute on ${functionSql(fn)} from public, anon, authenticated;`,
            url: 'https://supabase.com/docs/guides/database/extensions/http',
          },
        },
      ];
    });
}

export const ssrfFunctions = defineCheck({
  id: 'ssrf-functions',
  rev: 2,
  title: 'No API role can make the database call an address of its choice',
  why: 'The database sits inside your network: a caller who chooses the address reads internal services and cloud metadata, and attacks others in your name.',
  severity: 'high',
  source: 'OWASP, Server-Side Request Forgery; Supabase, http and pg_net extensions',
  remedy:
    'Install http and dblink in schema extensions, revoke EXECUTE from API roles, and let functions call fixed addresses only.',
  falseAlarms:
    'pg_net’s functions in schema net are not called over the Data API, which does not serve it, and are silent; so are wrappers whose address is fixed.',
  needs: ['database', 'roles', 'schemas', 'functions'],
  uses: SHARPENED,
  evaluate({ facts }) {
    if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
    const api = apiFunctions(facts);
    const findings = extensionFindings(facts);
    for (const { fn, roles } of api) {
      const parameters = addressParameters(fn, facts.functions);
      if (parameters.length === 0) continue;
      const object = functionRef(fn);
      findings.push({
        object,
        message: `${whoOf(roles)} chooses the address that ${describeObject(object)} calls (argument ${listed(parameters)}): the database reaches what the internet cannot`,
        detail:
          'the argument goes into the address of an http, pg_net or dblink call, in the body or in a function it calls',
        fix: {
          sql: `revoke execute on ${functionSql(fn)} from public, anon, authenticated;`,
          command: 'or fix the address in the body',
          url: null,
        },
      });
    }
    const extension = facts.functions.filter((fn) => fn.extension !== null && EXTENSIONS.has(fn.extension)).length;
    return evaluated(api.length + extension, 'callable function', findings);
  },
});
