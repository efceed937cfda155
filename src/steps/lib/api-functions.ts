import type { Facts, FunctionFact } from '../../core/facts.ts';
import { API_ROLES, type ApiRole, canExecute, reachesSchema } from './exposure.ts';
import { isUsers } from './refs.ts';
import { callsIn, functionTree, stringsIn, throughFunctions } from './sql-tree.ts';

type Needed = Pick<Facts, 'database' | 'roles' | 'schemas' | 'functions'> & Partial<Pick<Facts, 'repoConfig'>>;

/** Roles that can call the function as `/rest/v1/rpc/…`: schema served, USAGE, EXECUTE, and not a trigger's function. */
export function callers(facts: Needed, fn: FunctionFact): ApiRole[] {
  if (fn.trigger !== null || (fn.kind !== 'function' && fn.kind !== 'procedure')) return [];
  return API_ROLES.filter((role) => reachesSchema(facts, role, fn.schema) && canExecute(facts, role, fn));
}

/** The project's own functions that API roles can call. */
export function apiFunctions(facts: Needed): { fn: FunctionFact; roles: ApiRole[] }[] {
  return facts.functions
    .filter(isUsers)
    .map((fn) => ({ fn, roles: callers(facts, fn) }))
    .filter(({ roles }) => roles.length > 0);
}

const CALLER_FUNCTIONS = new Set(['uid', 'jwt', 'role', 'email']);

/** True when the tree asks who is calling: auth.uid() and its kin, or the request's JWT. */
export function asksCaller(tree: unknown): boolean {
  return callsIn(tree).some(
    (call) =>
      (call.schema === 'auth' && CALLER_FUNCTIONS.has(call.name)) ||
      (call.name === 'current_setting' &&
        call.args[0] !== undefined &&
        stringsIn(call.args[0]).some((text) => text.startsWith('request.'))),
  );
}

/** True when the function, or one it calls, asks who is calling. Null when its body cannot be read. */
export function functionAsksCaller(fn: FunctionFact, functions: readonly FunctionFact[]): boolean | null {
  const { body } = functionTree(fn);
  if (body === null) return null;
  return throughFunctions(body, functions).some(({ tree }) => asksCaller(tree));
}

/** True when EXECUTE comes from a grant to PUBLIC, which revoking from anon alone does not take away. */
export function executableByPublic(fn: FunctionFact): boolean {
  return fn.acl.some((item) => item.startsWith('=') && item.includes('X'));
}
