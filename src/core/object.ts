import * as z from 'zod';
import { quoteIdent } from './text.ts';

/** What a finding is about. */
export const objectSchema = z.object({
  /** PostgreSQL's or Supabase's word: table, view, column, policy, function, trigger, index, constraint, role, bucket, file … */
  kind: z.string(),
  schema: z.string().nullable(),
  name: z.string(),
  /** The table a policy, trigger, index or constraint belongs to (same schema); null for everything else. */
  table: z.string().nullable(),
  column: z.string().nullable(),
  /** Identity arguments of a function, as pg_get_function_identity_arguments gives them. */
  signature: z.string().nullable(),
});
export type ObjectRef = z.infer<typeof objectSchema>;

type Parts = Partial<Omit<ObjectRef, 'kind' | 'name' | 'schema'>>;

/** An object reference with the absent parts filled in. */
export function objectRef(kind: string, schema: string | null, name: string, parts: Parts = {}): ObjectRef {
  return { kind, schema, name, table: null, column: null, signature: null, ...parts };
}

/** The table (schema and name) an object belongs to or is, or null. */
export function tableOf(object: ObjectRef): { schema: string; name: string } | null {
  if (object.schema === null) return null;
  if (object.table !== null) return { schema: object.schema, name: object.table };
  return ['table', 'column', 'view', 'materialized view', 'foreign table'].includes(object.kind)
    ? { schema: object.schema, name: object.name }
    : null;
}

/** One line naming an object: `public.orders.total`, `public.f(uuid)`, `policy "read all" on public.orders`, `file supabase/config.toml`. */
export function describeObject(object: ObjectRef): string {
  const q = (name: string) => quoteIdent(name);
  const prefix = object.schema === null ? '' : `${q(object.schema)}.`;
  if (object.table !== null) return `${object.kind} ${q(object.name)} on ${prefix}${q(object.table)}`;
  if (object.column !== null) return `${prefix}${q(object.name)}.${q(object.column)}`;
  if (object.signature !== null) return `${prefix}${q(object.name)}(${object.signature})`;
  if (object.schema !== null) return `${prefix}${q(object.name)}`;
  return `${object.kind} ${object.name}`;
}
