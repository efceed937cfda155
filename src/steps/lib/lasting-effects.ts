import type { Facts, FunctionFact } from '../../core/facts.ts';
import { walk } from '../../core/sql.ts';
import { qualified, quoteIdent } from '../../core/text.ts';
import { callsIn, expressionTree, functionTree, relationsIn, throughFunctions } from './sql-tree.ts';
import { functionsByName, keyOf, relationsByKey } from './tables.ts';

type Needed = Pick<Facts, 'triggers' | 'functions' | 'relations' | 'columns' | 'policies'>;

/**
 * Functions whose work is done when they return, whatever becomes of the transaction. pg_net, pgmq and NOTIFY are none: what
 * they take in is a row or a message of the transaction, and goes with it.
 */
const AT_ONCE =
  /^(http(_(get|post|put|patch|delete|head))?|dblink(_.*)?|setval|lo_export|pg_(terminate|cancel)_backend|pg_reload_conf|pg_read_file|pg_file_write)$/;
const READABLE = new Set(['sql', 'plpgsql']);

/** What of a tree no rollback undoes, in words; null where there is nothing of the kind. */
function lastingIn(tree: unknown, foreign: ReadonlySet<string>): string | null {
  for (const { schema, name } of callsIn(tree)) if (schema !== 'net' && AT_ONCE.test(name)) return `calls ${name}()`;
  for (const { schema, name } of relationsIn(tree))
    if (foreign.has(schema === null ? name : keyOf(schema, name))) return `uses the foreign table ${quoteIdent(name)}`;
  return null;
}

/** The same of a function, with all it calls; what cannot be read may do anything. */
function lastingOf(fn: FunctionFact, functions: Facts['functions'], foreign: ReadonlySet<string>): string | null {
  if (!READABLE.has(fn.language)) return `is written in ${fn.language}, which cannot be read`;
  const { body } = functionTree(fn);
  if (body === null) return 'cannot be read';
  for (const { tree, fn: inner } of throughFunctions(body, functions)) {
    const owner = inner ?? fn;
    const found = lastingIn(tree, foreign) ?? dynamicIn(owner);
    if (found) return owner === fn ? found : `calls ${qualified(owner.schema, owner.name)}(), which ${found}`;
    const unreadable = callsIn(tree)
      .flatMap(({ schema, name }) =>
        schema === null ? [] : (functionsByName(functions).get(keyOf(schema, name)) ?? []),
      )
      .find((called) => !called.platform && called.extension === null && !READABLE.has(called.language));
    if (unreadable)
      return `calls ${qualified(unreadable.schema, unreadable.name)}(), which is written in ${unreadable.language}`;
  }
  return null;
}

/** SQL put together at run time says what it does only then. */
function dynamicIn(fn: FunctionFact): string | null {
  let found = false;
  walk(functionTree(fn).plpgsql, (type) => {
    found ||= type === 'PLpgSQL_stmt_dynexecute' || type === 'PLpgSQL_stmt_dynfors';
    return !found;
  });
  return found ? 'runs SQL that is put together at run time' : null;
}

/** What writing rows into the project's tables and into auth.users would set off and no rollback undoes: one line each. */
export function lastingEffects({ triggers, functions, relations, columns, policies }: Needed): string[] {
  const foreign = new Set(
    relations.filter(({ kind }) => kind === 'foreign table').flatMap(({ schema, name }) => [keyOf(schema, name), name]),
  );
  const found = new Set<string>();
  for (const trigger of triggers) {
    if (trigger.internal || trigger.enabled === 'D' || trigger.enabled === 'R') continue;
    for (const fn of functionsByName(functions).get(keyOf(trigger.functionSchema, trigger.function)) ?? []) {
      if (fn.platform || fn.extension !== null) continue;
      const lasting = lastingOf(fn, functions, foreign);
      if (lasting)
        found.add(`the trigger ${quoteIdent(trigger.name)} on ${qualified(trigger.schema, trigger.table)} ${lasting}`);
    }
  }
  const expressions: [string, string | null][] = [
    ...columns
      .filter(({ schema, relation }) => relationsByKey(relations).get(keyOf(schema, relation))?.platform === false)
      .map((column): [string, string | null] => [
        `the default of ${qualified(column.schema, column.relation)}.${quoteIdent(column.name)}`,
        column.default,
      ]),
    ...policies.flatMap((policy): [string, string | null][] => {
      const name = `the policy ${quoteIdent(policy.name)} on ${qualified(policy.schema, policy.table)}`;
      return [
        [name, policy.using],
        [name, policy.check],
      ];
    }),
  ];
  for (const [place, expression] of expressions) {
    const tree = expression === null ? null : expressionTree(expression);
    for (const { tree: part, fn } of tree === null ? [] : throughFunctions(tree, functions)) {
      const lasting = lastingIn(part, foreign) ?? (fn ? dynamicIn(fn) : null);
      if (lasting) found.add(`${place} ${fn ? `calls ${qualified(fn.schema, fn.name)}(), which ${lasting}` : lasting}`);
    }
  }
  return [...found];
}
