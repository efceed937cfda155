import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { Facts, FunctionFact } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { counted, qualified } from '../../../core/text.ts';
import { injectableParameters } from '../../lib/dynamic-sql.ts';
import { CALLER_FACTS, type CallerFacts, calledBy } from '../../lib/function-callers.ts';
import { complaintKey, isThereLive, reportOn, verdictOn } from '../../lib/function-issues.ts';
import { functionRef, isUsers } from '../../lib/refs.ts';

type Report = Extract<Facts['plpgsqlCheck'], { version: string }>;
type Issue = Report['issues'][number];

const MISSING =
  'plpgsql_check is not installed in the database, and no shadow database could be had where it is; `create extension plpgsql_check with schema extensions` there (Supabase has it), or give the repository (--repo) on a machine with PostgreSQL 15 or newer and plpgsql_check. Until then sql-fn-compiles and fn-references-missing read the functions';

/**
 * Without the extension, the functions are analysed by PostgreSQL itself (sql-fn-compiles, fn-references-missing), as issue B
 * has it; that stands in for plpgsql_check only where every one of them was read so.
 */
function readOtherwise(facts: Partial<Pick<Facts, 'functionChecks'>>, functions: readonly FunctionFact[]): boolean {
  return functions.every((fn) => verdictOn(facts.functionChecks, fn)?.unjudged.length === 0);
}

function isReport(value: Facts['plpgsqlCheck'] | null | undefined): value is Report {
  return value !== null && value !== undefined && 'version' in value;
}

/** ` as the trigger of public.orders`, where the verdict depends on the table. */
function asTrigger({ table }: Issue): string {
  return table === null ? '' : ` as the trigger of ${qualified(table[0], table[1])}`;
}

function place({ line, statement }: Issue): string {
  return line === null ? '' : `, line ${line}${statement === null ? '' : ` (${statement})`}`;
}

function findingsOn(facts: CallerFacts, fn: FunctionFact, issues: readonly Issue[], version: string): FindingDraft[] {
  const object = functionRef(fn);
  const name = qualified(fn.schema, fn.name);
  const found: FindingDraft[] = [];
  for (const issue of issues) {
    if (issue.level === 'warning') continue;
    const isError = issue.level === 'error';
    found.push({
      object,
      severity: isError ? 'blocker' : 'medium',
      message: isError
        ? `${name} fails${asTrigger(issue)} when it gets there: ${issue.message}`
        : `${name} puts SQL together from what it is given: ${issue.message}`,
      detail: `plpgsql_check ${version}: ${issue.sqlstate}${place(issue)}. ${calledBy(facts, fn)}`,
      fix: {
        command: isError
          ? 'Change the function to the schema as it is, in a new migration, or drop it if nothing calls it.'
          : 'Use format() with %I and %L, or EXECUTE … USING.',
      },
      discriminator: `${issue.level} ${complaintKey(issue)}`,
    });
  }
  const warnings = issues.filter(({ level }) => level === 'warning');
  const [first] = warnings;
  if (first) {
    found.push({
      object,
      severity: 'low',
      message: `${name} has ${counted(warnings.length, 'warning')} of plpgsql_check: ${first.message}${warnings.length > 1 ? ', and others' : ''}`,
      detail: warnings
        .slice(0, 8)
        .map((issue) => `${issue.message}${place(issue)}`)
        .join('; '),
      fix: { command: 'Read each; most are a variable that is never used or a result that is thrown away.' },
      discriminator: 'warnings',
    });
  }
  return found;
}

export const plpgsqlCheck = defineCheck({
  id: 'plpgsql-check',
  rev: 1,
  title: 'plpgsql_check finds nothing wrong in functions and trigger functions',
  why: 'What is wrong in a function shows when it is called: a trigger function that names a column which is gone fails every write to its table.',
  severity: 'blocker',
  source: 'CATALOGUE 2.4 plpgsql-check; extension plpgsql_check; Supabase CLI, db lint',
  remedy: 'Change the function to the schema as it is, or drop it if nothing calls it.',
  falseAlarms:
    'Trigger functions are read for each table they stand on. Tables made when a function runs, transition tables, records filled by EXECUTE, extensions that are only stood in for and names that a failed migration would have made are left out, and so is what sql-fn-compiles, fn-references-missing or secdef-review reports already. Warnings are low, one finding a function.',
  matrix: 'Schema',
  needs: ['functions', 'triggers', 'relations', 'columns'],
  uses: ['plpgsqlCheck', 'plpgsqlCheckLive', 'functionChecks', ...CALLER_FACTS],
  evaluate({ facts, environment }) {
    const functions = facts.functions.filter((fn) => isUsers(fn) && fn.language === 'plpgsql');
    if (functions.length === 0) return notApplicable('there is no function in PL/pgSQL');
    const live = facts.plpgsqlCheckLive;
    const report = isReport(live) ? live : isReport(facts.plpgsqlCheck) ? facts.plpgsqlCheck : null;
    if (report === null) {
      const unavailable =
        facts.plpgsqlCheck && 'unavailable' in facts.plpgsqlCheck ? facts.plpgsqlCheck.unavailable : null;
      if (readOtherwise(facts, functions))
        return notApplicable(
          `plpgsql_check is not at hand; PostgreSQL created ${counted(functions.length, 'PL/pgSQL function')} again and analysed every statement instead (sql-fn-compiles, fn-references-missing)`,
        );
      return skipped(unavailable ?? MISSING);
    }
    const findings = functions.flatMap((fn) => {
      // One defect is one finding, and the same one on a machine without the extension.
      const known = new Set(verdictOn(facts.functionChecks, fn)?.issues.map(({ sqlstate }) => sqlstate));
      const issues = (reportOn(report, fn) ?? []).filter(
        (issue) =>
          !(issue.level === 'error' && known.has(issue.sqlstate)) &&
          !(issue.level === 'security' && fn.securityDefiner && injectableParameters(fn).length > 0) &&
          (report === live || environment.source !== 'live' || !isThereLive(facts, issue)),
      );
      return findingsOn(facts, fn, issues, report.version);
    });
    return evaluated(functions.length, 'PL/pgSQL function', findings);
  },
});
