import { defineCheck, notApplicable, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { counted, qualified } from '../../../core/text.ts';
import { CALLER_FACTS, calledBy } from '../../lib/function-callers.ts';
import { complaintKey, isThereLive, verdictOn } from '../../lib/function-issues.ts';
import { functionRef, isUsers } from '../../lib/refs.ts';

export const sqlFnCompiles = defineCheck({
  id: 'sql-fn-compiles',
  rev: 1,
  title: 'PostgreSQL takes every function again, with its body checked',
  why: 'A function outlives the tables it was written for: PostgreSQL reads its body only when it is made. Whoever calls it gets an error, and a dump of the schema may not restore.',
  severity: 'blocker',
  source: 'CATALOGUE 2.4 sql-fn-compiles; PostgreSQL docs, check_function_bodies',
  remedy: 'Change the function to the schema as it is, or drop it if nothing calls it.',
  falseAlarms:
    'Every SQL and PL/pgSQL function is created again in a copy of the replayed migrations. Functions that make the tables they use, those that need an extension which is only stood in for, and those that name what a failed migration would have made are left out. A live function whose body is another than the one in the migrations is not judged by it.',
  matrix: 'Schema',
  needs: ['functions', 'functionChecks', 'relations', 'columns'],
  uses: ['triggers', ...CALLER_FACTS],
  evaluate({ facts, environment }) {
    const functions = facts.functions.filter(
      (fn) => isUsers(fn) && (fn.language === 'sql' || fn.language === 'plpgsql') && fn.kind !== 'aggregate',
    );
    if (functions.length === 0) return notApplicable('there is no function in SQL or PL/pgSQL');
    const judged = functions.filter((fn) => verdictOn(facts.functionChecks, fn) !== null);
    if (judged.length === 0)
      return skipped(
        `no live function has the body that the migrations give it, so ${counted(functions.length, 'function')} could not be created again; mend the drift (schema-drift) and run the check again`,
      );
    const findings = judged.flatMap((fn): FindingDraft[] => {
      const issues = verdictOn(facts.functionChecks, fn)?.issues ?? [];
      return issues.flatMap((issue): FindingDraft[] => {
        if (issue.kind !== 'compile' || (environment.source === 'live' && isThereLive(facts, issue))) return [];
        const object = functionRef(fn);
        return [
          {
            object,
            message: `${qualified(fn.schema, fn.name)} does not compile: ${issue.message}; every call of it fails`,
            detail: `Created again in a copy of the schema, PostgreSQL refuses it (${issue.sqlstate}${issue.line === null ? '' : `, line ${issue.line} of the body`}). ${calledBy(facts, fn)}`,
            fix: {
              command:
                'Change the function to the schema as it is, in a new migration, or drop it if nothing calls it.',
            },
            discriminator: complaintKey(issue),
          },
        ];
      });
    });
    const others = functions.length - judged.length;
    const rest =
      others === 0 ? '' : `; ${counted(others, 'function')} with another body than in the migrations not judged`;
    const count = judged.length;
    return { kind: 'evaluated', lookedAt: { count, text: `${counted(count, 'function')}${rest}` }, findings };
  },
});
