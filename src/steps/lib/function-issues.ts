import { sha256 } from '../../core/canonical.ts';
import type { Facts, FunctionFact } from '../../core/facts.ts';
import { perFacet } from './memo.ts';

type Checks = Facts['functionChecks'];
type Report = Extract<Facts['plpgsqlCheck'], { version: string }>;

interface Named {
  schema: string;
  name: string;
  arguments: string;
  body: string;
}

/** What the shadow copy tells about one function. */
export interface FunctionVerdict {
  /** PostgreSQL's own words on it, from re-creating it and from analysing its statements. */
  issues: Checks['issues'];
  /** Why some of it proves nothing. */
  unjudged: string[];
}

const keyOf = ({ schema, name, arguments: signature }: Pick<Named, 'schema' | 'name' | 'arguments'>) =>
  `${schema}\u0000${name}\u0000${signature}`;

function byFunction<R extends Named>(rows: readonly R[]): Map<string, R[]> {
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

const checksByFunction = perFacet((checks: Checks) => ({
  functions: byFunction(checks.functions),
  issues: byFunction(checks.issues),
  unjudged: byFunction(checks.unjudged),
}));
const reportByFunction = perFacet((report: Report) => ({
  issues: byFunction(report.issues),
  unjudged: byFunction(report.unjudged),
}));

const bodyDigest = perFacet((fn: FunctionFact) => sha256(fn.body));

/** The function found in the shadow is this one, not another version of it. */
function isSame(fn: FunctionFact, rows: readonly Named[]): boolean {
  return rows.every(({ body }) => body === bodyDigest(fn));
}

/** Issues and gaps of a function in the shadow copy; null where none are known, or another body was checked there. */
export function verdictOn(checks: Checks | undefined, fn: FunctionFact): FunctionVerdict | null {
  if (!checks) return null;
  const index = checksByFunction(checks);
  const known = index.functions.get(keyOf(fn)) ?? [];
  if (known.length === 0 || !isSame(fn, known)) return null;
  const issues = index.issues.get(keyOf(fn)) ?? [];
  const unjudged = index.unjudged.get(keyOf(fn)) ?? [];
  return { issues, unjudged: unjudged.map(({ reason }) => reason) };
}

/** What plpgsql_check says of a function; null where it did not read this body. */
export function reportOn(report: Facts['plpgsqlCheck'] | null | undefined, fn: FunctionFact): Report['issues'] | null {
  if (!report || 'unavailable' in report) return null;
  const issues = reportByFunction(report).issues.get(keyOf(fn)) ?? [];
  return isSame(fn, issues) ? issues : null;
}

/**
 * True when the live database has what the complaint misses: the shadow is made from migrations, and somebody added the
 * table or column by hand (which is drift, and another check's business).
 */
export function isThereLive(
  facts: Pick<Facts, 'relations' | 'columns'>,
  { sqlstate, message, table }: { sqlstate: string; message: string; table: [string, string] | null },
): boolean {
  const column = (relation: string, name: string) =>
    facts.columns.some((row) => row.relation === relation && row.name === name);
  const [, field, ofRelation] = /^column "?([^" ]+)"? of relation "([^"]+)"/.exec(message) ?? [];
  if (field !== undefined && ofRelation !== undefined) return column(ofRelation, field);
  const recordField = /^record "(?:new|old)" has no field "([^"]+)"/.exec(message)?.[1];
  if (recordField !== undefined && table !== null) return column(table[1], recordField);
  const relation = sqlstate === '42P01' ? /^relation "([^"]+)"/.exec(message)?.[1]?.split('.').at(-1) : undefined;
  return relation !== undefined && facts.relations.some(({ name }) => name === relation);
}

/** Tells two complaints about one function apart without PostgreSQL's wording: SQLSTATE and the names in it. */
export function complaintKey(issue: { sqlstate: string; message: string; table: [string, string] | null }): string {
  const names = [...issue.message.matchAll(/"([^"]+)"/g)].map((match) => match[1]);
  const bare = /^(?:column|function|procedure) ([\w$.]+)/.exec(issue.message)?.[1];
  return [issue.sqlstate, ...(bare ? [bare] : []), ...names, ...(issue.table ?? [])].join(' ');
}
