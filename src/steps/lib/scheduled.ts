import type { Facts } from '../../core/facts.ts';
import { nameParts, parseStatements, walk } from '../../core/sql.ts';
import { callsIn, functionTree, throughFunctions } from './sql-tree.ts';

/** Statements of the jobs that run, with the bodies of the functions they call. */
function scheduledTrees({ cronJobs, functions }: Pick<Facts, 'cronJobs' | 'functions'>): unknown[] {
  const active = (cronJobs ?? []).filter((job) => job.active);
  return active.flatMap(({ command }) =>
    throughFunctions(parseStatements(command) ?? [], functions).flatMap(({ tree, fn }) => [
      tree,
      ...(fn ? [functionTree(fn).plpgsql] : []),
    ]),
  );
}

const targetName = (relation: unknown): string[] => {
  const name = (relation as { relname?: unknown } | undefined)?.relname;
  return typeof name === 'string' ? [name] : [];
};

/** A scheduled job drops, detaches or empties partitions: by name, by SQL put together at run time, or by pg_partman. */
export function dropsPartitions(facts: Pick<Facts, 'cronJobs' | 'functions'>): boolean {
  return scheduledTrees(facts).some((tree) => {
    let found = callsIn(tree).some(({ name }) =>
      /^(run_maintenance|run_maintenance_proc|drop_partition_(time|id))$/.test(name),
    );
    walk(tree, (type, node) => {
      found ||= type === 'DropStmt' || type === 'PLpgSQL_stmt_dynexecute';
      found ||= type === 'AlterTableCmd' && node.subtype === 'AT_DetachPartition';
      return !found;
    });
    return found;
  });
}

/** Tables, by bare name, that a scheduled job takes rows from or overwrites: DELETE, TRUNCATE, DROP and UPDATE, also in functions it calls. */
export function clearedBySchedule(facts: Pick<Facts, 'cronJobs' | 'functions'>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const tree of scheduledTrees(facts)) {
    walk(tree, (type, node) => {
      if (type === 'DeleteStmt' || type === 'UpdateStmt') for (const name of targetName(node.relation)) names.add(name);
      if (type === 'TruncateStmt') {
        for (const entry of (node.relations as { RangeVar?: unknown }[] | undefined) ?? [])
          for (const name of targetName(entry.RangeVar)) names.add(name);
      }
      if (type === 'DropStmt') {
        for (const object of (node.objects as { List?: { items?: unknown } }[] | undefined) ?? []) {
          const name = nameParts(object.List?.items).at(-1);
          if (name !== undefined) names.add(name);
        }
      }
      return undefined;
    });
  }
  return names;
}
