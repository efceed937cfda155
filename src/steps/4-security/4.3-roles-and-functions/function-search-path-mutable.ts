import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FunctionFact } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { describeObject } from '../../../core/object.ts';
import { quoteIdent } from '../../../core/text.ts';
import { functionRef, functionSql, isUsers } from '../../lib/refs.ts';
import { callsIn, functionTree, relationsIn, resolveCall } from '../../lib/sql-tree.ts';
import { keyOf } from '../../lib/tables.ts';
import { LINT_DOCS } from '../shared.ts';

/** Schemas the body's unqualified names are found in today; with an empty search_path they would no longer be found. */
function schemasNeeded(
  fn: FunctionFact,
  functions: readonly FunctionFact[],
  relations: ReadonlyMap<string, string>,
): string[] {
  const { body } = functionTree(fn);
  const needed = new Set<string>();
  for (const use of relationsIn(body)) {
    const schema =
      use.schema === null
        ? relations.has(keyOf(fn.schema, use.name))
          ? fn.schema
          : relations.get(use.name)
        : undefined;
    if (schema) needed.add(schema);
  }
  for (const call of callsIn(body)) {
    const target = call.schema === null ? resolveCall(functions, call)[0] : undefined;
    if (target) needed.add(target.schema);
  }
  return [...needed].sort();
}

export const functionSearchPathMutable = defineCheck({
  id: 'function-search-path-mutable',
  rev: 1,
  title: 'Functions fix their search_path',
  why: 'Without a fixed search_path the caller decides which table or function a bare name means; in a SECURITY DEFINER function that runs their code with the owner’s rights.',
  severity: 'low',
  aliases: ['function_search_path_mutable'],
  source: 'splinter lint 0011; PostgreSQL, CREATE FUNCTION: Writing SECURITY DEFINER Functions Safely',
  remedy:
    "alter function … set search_path = '' and qualify every name in the body; or set it to the trusted schemas the body needs, pg_temp last.",
  falseAlarms:
    'Aggregates, functions of extensions and of the platform, and C functions are not judged. SECURITY INVOKER functions are low.',
  aspect: 'settings',
  needs: ['functions', 'relations'],
  evaluate({ facts }) {
    const judged = facts.functions.filter(
      (fn) =>
        isUsers(fn) &&
        (fn.kind === 'function' || fn.kind === 'procedure') &&
        fn.language !== 'c' &&
        fn.language !== 'internal',
    );
    const relations = new Map<string, string>();
    for (const { schema, name } of facts.relations) {
      relations.set(keyOf(schema, name), schema);
      if (schema === 'public' || !relations.has(name)) relations.set(name, schema);
    }
    const findings: FindingDraft[] = [];
    for (const fn of judged) {
      if (fn.config.some((entry) => entry.startsWith('search_path='))) continue;
      const schemas = schemasNeeded(fn, facts.functions, relations);
      const path = schemas.length === 0 ? "''" : [...schemas.map(quoteIdent), 'pg_temp'].join(', ');
      const object = functionRef(fn);
      const named = describeObject(object);
      findings.push({
        object,
        severity: fn.securityDefiner ? 'high' : 'low',
        message: fn.securityDefiner
          ? `${named} is SECURITY DEFINER with a search_path of the caller’s choice: who can create objects anywhere on it runs code as ${fn.owner}`
          : `${named} takes the caller’s search_path: what its bare names mean depends on who calls`,
        detail: `proconfig sets no search_path${schemas.length > 0 ? `; the body uses unqualified names of ${schemas.join(', ')}` : '; every name in the body is qualified or built in'}`,
        fix: {
          sql: `alter ${functionSql(fn)} set search_path = ${path};`,
          url: `${LINT_DOCS}?lint=0011_function_search_path_mutable`,
        },
      });
    }
    return evaluated(judged.length, 'function', findings);
  },
});
