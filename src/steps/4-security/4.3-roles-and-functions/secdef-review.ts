import { defineCheck, evaluated, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { describeObject } from '../../../core/object.ts';
import { callers } from '../../lib/api-functions.ts';
import { injectableParameters } from '../../lib/dynamic-sql.ts';
import { exposedSchemas, UNKNOWN_EXPOSURE } from '../../lib/exposure.ts';
import { functionRef, isUsers, listed, whoOf } from '../../lib/refs.ts';
import { SHARPENED } from '../shared.ts';

export const secdefReview = defineCheck({
  id: 'secdef-review',
  rev: 1,
  title: 'No function puts what the caller sends into SQL unquoted',
  why: 'EXECUTE of concatenated text runs whatever a caller writes into the argument; in a SECURITY DEFINER function it runs with the owner’s rights.',
  severity: 'high',
  source:
    'PostgreSQL, PL/pgSQL: Executing Dynamic Commands (quote_ident, quote_literal, format); Quoting Values in Dynamic Queries',
  remedy:
    "Pass values with USING, names with format('%I'), or cast to a type that cannot carry SQL (regclass, uuid, integer).",
  falseAlarms:
    'Followed on the PL/pgSQL tree from text parameters through assignments; quote_*, %I, %L, USING, safe casts and catalogue values are not flagged. Whether a definer function asks who is calling is judged by the two …-security-definer-function-executable checks.',
  aspect: 'security',
  needs: ['database', 'roles', 'schemas', 'functions'],
  uses: SHARPENED,
  evaluate({ facts }) {
    if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
    const judged = facts.functions.filter((fn) => isUsers(fn) && fn.language === 'plpgsql');
    const findings: FindingDraft[] = [];
    for (const fn of judged) {
      const roles = callers(facts, fn);
      if (roles.length === 0 && !fn.securityDefiner) continue;
      const parameters = injectableParameters(fn);
      if (parameters.length === 0) continue;
      const object = functionRef(fn);
      const named = describeObject(object);
      const as = fn.securityDefiner ? `as ${fn.owner}` : 'as themselves';
      findings.push({
        object,
        severity: fn.securityDefiner && roles.length > 0 ? 'high' : 'medium',
        message:
          roles.length > 0
            ? `${whoOf(roles)} can run SQL of their own ${as} through ${named}: argument ${listed(parameters)} goes into EXECUTE unquoted`
            : `${named} puts argument ${listed(parameters)} into EXECUTE unquoted: whoever may call it runs any SQL ${as}`,
        detail: 'the text reaches EXECUTE without quote_ident, quote_literal, format %I/%L or USING',
        fix: {
          command: `in ${named}: values with USING, names with format('… %I …', …)`,
          url: 'https://www.postgresql.org/docs/current/plpgsql-statements.html#PLPGSQL-STATEMENTS-EXECUTING-DYN',
        },
      });
    }
    return evaluated(judged.length, 'PL/pgSQL function', findings);
  },
});
