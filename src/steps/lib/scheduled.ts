import type { Facts } from '../../core/facts.ts';
import { nameParts, parseStatements, walk } from '../../core/sql.ts';
import { throughFunctions } from './sql-tree.ts';

/** Statements of the jobs that run, with the bodies of the functions they call. */
function scheduledTrees({ cronJobs, functions }: Pick<Facts, 'cronJobs' | 'functions'>): unknown[] {
  const active = (cronJobs ?? []).filter((job) => job.active);
  return active.flatMap(({ command }) =>
    throughFunctions(parseStatements(command) ?? [], functions).map(({ tree }) => tree),
  );
}

const targetName = (relation: unknown): string[] => {
  const name = (relation as { relname?: unknown } | undefined)?.relname;
  return typeof name === 'string' ? [name] : [];
};

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
