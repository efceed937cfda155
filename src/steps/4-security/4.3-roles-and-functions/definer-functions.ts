import { type CheckOutcome, defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Facts, FunctionFact } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { describeObject } from '../../../core/object.ts';
import { callers, executableByPublic, functionAsksCaller } from '../../lib/api-functions.ts';
import { policyHelpers } from '../../lib/api-policies.ts';
import { type ApiRole, exposedSchemas, UNKNOWN_EXPOSURE, who } from '../../lib/exposure.ts';
import { functionRef, functionSql, isUsers } from '../../lib/refs.ts';
import { LINT_DOCS, SHARPENED } from '../shared.ts';

const NEEDS = ['database', 'roles', 'schemas', 'functions', 'policies'] as const;
type Needed = Pick<Facts, (typeof NEEDS)[number]> & Partial<Pick<Facts, 'repoConfig' | 'declared'>>;

function isAllowed(facts: Needed, fn: FunctionFact): boolean {
  const allowed = facts.declared?.allowedDefinerFunctions ?? [];
  return allowed.includes(`${fn.schema}.${fn.name}(${fn.arguments})`) || allowed.includes(`${fn.schema}.${fn.name}`);
}

function revoke(fn: FunctionFact, role: ApiRole): string {
  const target = functionSql(fn);
  const statements = [`revoke execute on ${target} from public, ${role}`];
  // What PUBLIC gave to the others is given to them by name.
  if (executableByPublic(fn))
    statements.push(
      `grant execute on ${target} to ${role === 'anon' ? 'authenticated, service_role' : 'service_role'}`,
    );
  return `${statements.join(';\n')};`;
}

function judge(facts: Needed, role: ApiRole): CheckOutcome {
  if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
  const definers = facts.functions.filter((fn) => isUsers(fn) && fn.securityDefiner);
  const helpers = policyHelpers(facts);
  const findings: FindingDraft[] = [];
  for (const fn of definers) {
    if (helpers.has(fn) || isAllowed(facts, fn) || !callers(facts, fn).includes(role)) continue;
    const asks = functionAsksCaller(fn, facts.functions);
    const object = functionRef(fn);
    const named = describeObject(object);
    const severity = role === 'anon' ? (asks ? 'medium' : 'high') : asks ? 'low' : 'medium';
    findings.push({
      object,
      severity,
      message: `${who(role)} can run ${named} with the rights of ${fn.owner}, past row level security${asks ? '; only what it asks about the caller protects the data' : ', and it does not ask who is calling'}`,
      detail: `SECURITY DEFINER in an exposed schema; EXECUTE held by ${role}${executableByPublic(fn) ? ' through PUBLIC' : ''}; ${asks === null ? `its body (${fn.language}) cannot be read` : asks ? 'the body looks at auth.uid() or the JWT' : 'the body looks at neither auth.uid() nor the JWT'}`,
      fix: {
        sql: revoke(fn, role),
        url: `${LINT_DOCS}?lint=${role === 'anon' ? '0028_anon' : '0029_authenticated'}_security_definer_function_executable`,
      },
    });
  }
  return evaluated(definers.length, 'definer function', findings);
}

const FALSE_ALARMS =
  'Silent for trigger functions (they cannot be called), functions of extensions, functions that policies call (API roles must run them), and those in declared.allowedDefinerFunctions.';
const REMEDY =
  'Revoke EXECUTE from the role (and from PUBLIC), make the function SECURITY INVOKER, or move it to a schema that is not exposed.';

export const anonDefiner = defineCheck({
  id: 'anon-security-definer-function-executable',
  rev: 1,
  title: 'Visitors cannot run functions with their owner’s rights',
  why: 'A SECURITY DEFINER function ignores row level security; called without signing in, it does whatever its body does for anybody on the internet.',
  severity: 'high',
  aliases: ['anon_security_definer_function_executable'],
  source: 'splinter lint 0028; PostgreSQL, CREATE FUNCTION: Writing SECURITY DEFINER Functions Safely',
  remedy: REMEDY,
  falseAlarms: FALSE_ALARMS,
  aspect: 'grants',
  needs: NEEDS,
  uses: SHARPENED,
  evaluate: ({ facts }) => judge(facts, 'anon'),
});

export const authenticatedDefiner = defineCheck({
  id: 'authenticated-security-definer-function-executable',
  rev: 1,
  title: 'Signed-in users run functions with their owner’s rights only where that is meant',
  why: 'A SECURITY DEFINER function ignores row level security: what it does not check itself, every account may do.',
  severity: 'medium',
  aliases: ['authenticated_security_definer_function_executable'],
  source: 'splinter lint 0029; PostgreSQL, CREATE FUNCTION: Writing SECURITY DEFINER Functions Safely',
  remedy: REMEDY,
  falseAlarms: `${FALSE_ALARMS} Low where the body asks who is calling.`,
  aspect: 'grants',
  needs: NEEDS,
  uses: SHARPENED,
  evaluate: ({ facts }) => judge(facts, 'authenticated'),
});
