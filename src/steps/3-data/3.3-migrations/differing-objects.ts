import type { Facts } from '../../../core/facts.ts';
import { describeObject, type ObjectRef, objectRef } from '../../../core/object.ts';

export type Difference = Facts['replayTwice']['differences'][number];

/** The object of a difference, as findings name it. */
export function refOf({ kind, schema, name, table }: Difference): ObjectRef {
  if (kind === 'column' && table !== null) return objectRef('column', schema, table, { column: name });
  return objectRef(kind, schema, name, table === null ? {} : { table });
}

/** `table public.x (only the first time)`, a few of them, and how many more. */
export function listed(
  differences: readonly Difference[],
  total: number,
  first: string,
  second: string,
  most = 6,
): string {
  const names = differences.slice(0, most).map((difference) => {
    const { where, kind } = difference;
    const object = describeObject(refOf(difference));
    const named = object.startsWith(`${kind} `) ? object : `${kind} ${object}`;
    return `${named} (${where === 'first' ? `only ${first}` : where === 'second' ? `only ${second}` : 'differs'})`;
  });
  return `${names.join(', ')}${total > names.length ? ` and ${total - names.length} more` : ''}`;
}
