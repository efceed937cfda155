import type { Facts, FunctionFact } from '../../core/facts.ts';
import { parseStatements } from '../../core/sql.ts';
import { qualified, quoteIdent } from '../../core/text.ts';
import { listed } from './refs.ts';
import { callsIn, expressionTree, functionTree, resolveCall } from './sql-tree.ts';

export type CallerFacts = Pick<Facts, 'functions'> &
  Partial<
    Pick<
      Facts,
      'triggers' | 'eventTriggers' | 'policies' | 'views' | 'columns' | 'constraints' | 'cronJobs' | 'repoCode'
    >
  >;

/** The facets that callersOf looks through, for a check's `uses`. */
export const CALLER_FACTS = [
  'eventTriggers',
  'policies',
  'views',
  'columns',
  'constraints',
  'cronJobs',
  'repoCode',
] as const;

/** What in the database and the code calls a function, each in words, those that run without anybody's doing first. */
export function callersOf(facts: CallerFacts, fn: FunctionFact): string[] {
  const calls = (tree: unknown): boolean =>
    tree !== null &&
    callsIn(tree).some((call) => call.name === fn.name && resolveCall(facts.functions, call).includes(fn));
  // Parsing is dear: only what holds the name is read.
  const mentions = (text: string | null): text is string => text?.includes(fn.name) ?? false;
  const expression = (text: string | null) => mentions(text) && calls(expressionTree(text));
  const found: string[] = [];
  for (const trigger of facts.triggers ?? []) {
    if (trigger.internal || trigger.function !== fn.name || trigger.functionSchema !== fn.schema) continue;
    found.push(`the trigger ${quoteIdent(trigger.name)} of ${qualified(trigger.schema, trigger.table)}`);
  }
  for (const trigger of facts.eventTriggers ?? [])
    if (fn.trigger === 'event_trigger' && [fn.name, `${fn.schema}.${fn.name}`].includes(trigger.function))
      found.push(`the event trigger ${quoteIdent(trigger.name)}`);
  for (const policy of facts.policies ?? [])
    if (expression(policy.using) || expression(policy.check))
      found.push(`the policy “${policy.name}” of ${qualified(policy.schema, policy.table)}`);
  for (const column of facts.columns ?? [])
    if (expression(column.default))
      found.push(`the default of ${qualified(column.schema, column.relation)}.${quoteIdent(column.name)}`);
  for (const constraint of facts.constraints ?? [])
    if (
      constraint.type === 'c' &&
      mentions(constraint.definition) &&
      calls(parseStatements(`alter table t add ${constraint.definition}`))
    )
      found.push(`the check ${quoteIdent(constraint.name)} of ${qualified(constraint.schema, constraint.table)}`);
  for (const view of facts.views ?? [])
    if (mentions(view.definition) && calls(parseStatements(view.definition)))
      found.push(`the view ${qualified(view.schema, view.name)}`);
  for (const other of facts.functions) {
    if (other === fn || other.platform || other.extension !== null || !mentions(other.body)) continue;
    if (calls(functionTree(other).body)) found.push(`the function ${qualified(other.schema, other.name)}`);
  }
  for (const job of facts.cronJobs ?? [])
    if (mentions(job.command) && calls(parseStatements(job.command))) found.push(`the job ${job.name}`);
  for (const call of facts.repoCode?.calls ?? [])
    if (call.kind === 'rpc' && call.target.value === fn.name && (call.schema ?? 'public') === fn.schema)
      found.push(`.rpc() in ${call.path}:${call.line}`);
  return [...new Set(found)];
}

/** `Called by …`, or that nothing is seen to call it; a sentence for a finding's detail. */
export function calledBy(facts: CallerFacts, fn: FunctionFact): string {
  const callers = callersOf(facts, fn);
  if (callers.length === 0)
    return (
      'Nothing in the database calls it' +
      (facts.repoCode ? ', nor does the code read here.' : '; the code was not read.')
    );
  return `Called by ${listed(callers, 6)}.`;
}
