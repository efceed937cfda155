import * as z from 'zod';
import { name } from './facet.ts';

/** Which statement of the repository's history gave an object, or one aspect of it, its present state. */
export const originSchema = () =>
  z.object({
    /** As in ObjectRef; also `published table`: a table's membership in a publication. */
    kind: z.string(),
    /** Empty where the object has none. */
    schema: name,
    name,
    table: z.string().nullable(),
    column: z.string().nullable(),
    /** Identity arguments of a function; from a replay as PostgreSQL writes them, from parsed files the types alone. */
    signature: z.string().nullable(),
    /**
     * Null: what made the object, or last replaced it. Else an aspect that another statement decided: `rls`, `force rls`,
     * `owner`, `options`, `replica identity`, `not null`, `default`, `generated`, `settings`, `security`, `enabled`,
     * `validated`, `comment`, `version`, `schema`, `name`, of a policy `roles`, `using`, `check`, `grant:ROLE:PRIVILEGE` for a privilege that is held and
     * `revoke:ROLE:PRIVILEGE` for one that was taken away.
     */
    aspect: z.string().nullable(),
    path: z.string(),
    line: z.int(),
  });
export type Origin = z.infer<ReturnType<typeof originSchema>>;
