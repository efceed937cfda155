import * as z from 'zod';
import { name } from './facet.ts';

/** A function, as FunctionFact names it; `body`: sha256 of its redacted body, to tell whether another database has the same. */
export const functionName = { schema: name, name, arguments: z.string(), body: z.string() };

/** Functions of which nothing can be said, and why. */
export const unjudged = () => z.array(z.object({ ...functionName, reason: z.string() }));

/** What the extension plpgsql_check says of functions and trigger functions. */
export const plpgsqlReport = () =>
  z.object({
    /** Version of the extension and of PostgreSQL, as text. */
    version: z.string(),
    server: z.string(),
    /** Those it has read to the end. */
    checked: z.array(z.object(functionName)),
    issues: z.array(
      z.object({
        ...functionName,
        /** The table whose trigger it is, where the verdict depends on it. */
        table: z.tuple([name, name]).nullable(),
        /** Of the body, from 1. */
        line: z.int().nullable(),
        /** PL/pgSQL statement, e.g. `SQL statement`, `RETURN QUERY`. */
        statement: z.string().nullable(),
        level: z.enum(['error', 'security', 'warning']),
        sqlstate: z.string(),
        message: z.string(),
      }),
    ),
    unjudged: unjudged(),
  });
