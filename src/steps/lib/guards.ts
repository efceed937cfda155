import type { Facts, Relation, Trigger } from '../../core/facts.ts';
import { parseScript, walk } from '../../core/sql.ts';
import { perFacet } from './memo.ts';
import { columnsIn, functionTree } from './sql-tree.ts';
import { functionsByName, keyOf, triggersByTable } from './tables.ts';

/** Timing and events of a trigger definition. Bits of pg_trigger.tgtype: 2 before, 4 insert, 8 delete, 16 update, 64 instead of. */
interface TriggerEvents {
  before: boolean;
  insert: boolean;
  update: boolean;
  delete: boolean;
}

const events = perFacet((trigger: Trigger): TriggerEvents => {
  const node = parseScript(trigger.definition).statements[0]?.node;
  const create = node && 'CreateTrigStmt' in node ? node.CreateTrigStmt : undefined;
  const bits = create?.events ?? 0;
  return {
    before: ((create?.timing ?? 0) & 2) !== 0,
    insert: (bits & 4) !== 0,
    update: (bits & 16) !== 0,
    delete: (bits & 8) !== 0,
  };
});

/** What a trigger fires on; all false when its definition does not parse. */
export function triggerEvents(trigger: Trigger): TriggerEvents {
  return events(trigger);
}

/** Enabled triggers of a table that the user or the application made. */
export function triggersOf(
  facts: Pick<Facts, 'triggers'>,
  relation: Pick<Relation, 'schema' | 'name'>,
): readonly Trigger[] {
  const rows = triggersByTable(facts.triggers).get(keyOf(relation.schema, relation.name)) ?? [];
  return rows.filter((trigger) => !trigger.internal && trigger.enabled !== 'D');
}

/** Names that a function's body reads or sets as columns (`new.role`, `old.role`). */
function mentions(functions: Facts['functions'], schema: string, name: string, column: string): boolean {
  return (functionsByName(functions).get(keyOf(schema, name)) ?? []).some((fn) => {
    const { body, plpgsql } = functionTree(fn);
    if (body?.some((node) => columnsIn(node).some((parts) => parts.at(-1) === column))) return true;
    let assigned = false;
    // An assignment to new.column is a record field in the PL/pgSQL tree, not a column reference.
    walk(plpgsql, (type, node) => {
      if (type === 'PLpgSQL_recfield' && node.fieldname === column) assigned = true;
      return undefined;
    });
    return assigned;
  });
}

/** True when a BEFORE trigger of that operation looks at, or sets, the column: it may refuse or overwrite what a user sends. */
export function guardedByTrigger(
  facts: Pick<Facts, 'triggers' | 'functions'>,
  relation: Pick<Relation, 'schema' | 'name'>,
  operation: 'insert' | 'update',
  column: string,
): boolean {
  return triggersOf(facts, relation).some((trigger) => {
    const when = triggerEvents(trigger);
    return (
      when.before && when[operation] && mentions(facts.functions, trigger.functionSchema, trigger.function, column)
    );
  });
}
