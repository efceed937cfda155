import { type CheckOutcome, defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { Facts, FunctionFact } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { describeObject } from '../../../core/object.ts';
import { quoteIdent } from '../../../core/text.ts';
import { callers, executableByPublic, functionAsksCaller } from '../../lib/api-functions.ts';
import { policyHelpers } from '../../lib/api-policies.ts';
import { type ApiRole, exposedSchemas, UNKNOWN_EXPOSURE, who } from '../../lib/exposure.ts';
import { callersOf } from '../../lib/function-callers.ts';
import { functionRef, functionSql, isUsers, listed } from '../../lib/refs.ts';
import { LINT_DOCS, SHARPENED } from '../shared.ts';

const NEEDS = ['database', 'roles', 'schemas', 'functions', 'policies'] as const;
type Needed = Pick<Facts, (typeof NEEDS)[number]> &
  Partial<Pick<Facts, 'repoConfig' | 'declared' | 'cronJobs' | 'repoCode'>>;

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

/** Where a policy's helper is out of the Data API's reach: policies find it there, names in bodies and code do not. */
function moveAway(facts: Needed, fn: FunctionFact): NonNullable<FindingDraft['fix']> {
  const away = exposedSchemas(facts)?.includes('private') ? 'internal' : 'private';
  const byName = callersOf({ ...facts, policies: [] }, fn);
  if (byName.length > 0)
    return { command: `move it to a schema that is not exposed, and correct what names it: ${listed(byName, 6)}` };
  return {
    sql: [
      `create schema if not exists ${quoteIdent(away)}`,
      `grant usage on schema ${quoteIdent(away)} to anon, authenticated, service_role`,
      `alter ${functionSql(fn)} set schema ${quoteIdent(away)}`,
    ].join(';\n'),
  };
}

function judge(facts: Needed, role: ApiRole): CheckOutcome {
  if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
  const definers = facts.functions.filter((fn) => isUsers(fn) && fn.securityDefiner);
  const helpers = policyHelpers(facts);
  const findings: FindingDraft[] = [];
  for (const fn of definers) {
    if (isAllowed(facts, fn) || !callers(facts, fn).includes(role)) continue;
    if (helpers.has(fn)) {
      const object = functionRef(fn);
      findings.push({
        object,
        severity: 'low',
        message: `${who(role)} can call ${describeObject(object)}, a helper of policies, directly and with any argument: it answers past row level security`,
        detail: 'SECURITY DEFINER in an exposed schema; policies call it, so whoever they are for must keep EXECUTE',
        fix: moveAway(facts, fn),
      });
      continue;
    }
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
  'Silent for trigger functions (they cannot be called), functions of extensions, and those in declared.allowedDefinerFunctions. Low for functions that policies call: API roles must run them, and only their place can change.';
const REMEDY =
  'Revoke EXECUTE from the role (and from PUBLIC), make the function SECURITY INVOKER, or move it to a schema that is not exposed.';

export const anonDefiner = defineCheck({
  id: 'anon-security-definer-function-executable',
  rev: 2,
  title: 'Visitors cannot run functions with their owner’s rights',
  why: 'A SECURITY DEFINER function ignores row level security; called without signing in, it does whatever its body does for anybody on the internet.',
  severity: 'high',
  aliases: ['anon_security_definer_function_executable'],
  source: 'splinter lint 0028; PostgreSQL, CREATE FUNCTION: Writing SECURITY DEFINER Functions Safely',
  remedy: REMEDY,
  falseAlarms: FALSE_ALARMS,
  aspect: 'grants',
  needs: NEEDS,
  uses: [...SHARPENED, 'cronJobs', 'repoCode'],
  evaluate: ({ facts }) => judge(facts, 'anon'),
});

export const authenticatedDefiner = defineCheck({
  id: 'authenticated-security-definer-function-executable',
  rev: 2,
  title: 'Signed-in users run functions with their owner’s rights only where that is meant',
  why: 'A SECURITY DEFINER function ignores row level security: what it does not check itself, every account may do.',
  severity: 'medium',
  aliases: ['authenticated_security_definer_function_executable'],
  source: 'splinter lint 0029; PostgreSQL, CREATE FUNCTION: Writing SECURITY DEFINER Functions Safely',
  remedy: REMEDY,
  falseAlarms: `${FALSE_ALARMS} Low where the body asks who is calling.`,
  aspect: 'grants',
  needs: NEEDS,
  uses: [...SHARPENED, 'cronJobs', 'repoCode'],
  evaluate: ({ facts }) => judge(facts, 'authenticated'),
});
