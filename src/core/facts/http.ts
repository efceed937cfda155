import * as z from 'zod';
import { ACCESS_COMMANDS } from './access.ts';
import { facet, name } from './facet.ts';

/*
 * What the project's API answers over HTTP, asked with the keys and sessions a client has (src/facts/http/). Statuses, codes
 * and names only: no key, no token, no value of any row.
 */

/** How an answer went: `absent` = the API does not know the object, or does not serve its schema. */
const answer = () =>
  z.object({
    outcome: z.enum(['rows', 'empty', 'denied', 'absent', 'error', 'not-asked']),
    /** HTTP status; 0 where nothing was asked. */
    status: z.int(),
    /** SQLSTATE, or PostgREST's own code. */
    code: z.string().nullable(),
  });

/** What anybody with the publishable key gets: one bounded read of each relation, function and bucket. */
const httpSurface = () =>
  z.object({
    /** Where the API is: scheme, host and port. */
    origin: z.string(),
    /** A legacy key is a JWT of the role anon. */
    key: z.enum(['publishable', 'legacy']),
    relations: z.array(
      answer().extend({
        schema: name,
        name,
        /** Names of the columns that came with the row. */
        columns: z.array(name),
      }),
    ),
    /** Only those that read and need no argument were called; `not-asked` the others. */
    functions: z.array(answer().extend({ schema: name, name, arguments: z.string() })),
    /** Listing of the files in each bucket. */
    buckets: z.array(answer().extend({ id: z.string() })),
  });

/** What test users reach of each other and of others, in the words of the access matrix. */
const httpAccess = () =>
  z.object({
    origin: z.string(),
    /** `A` and `C` are the two test users, who share no tenant. */
    personas: z.array(z.enum(['anon', 'A', 'C'])),
    /** Null where changes were tried; else why not. */
    writes: z.string().nullable(),
    relations: z.array(
      z.object({
        schema: name,
        table: name,
        cells: z.array(
          z.object({
            persona: z.enum(['anon', 'A', 'C']),
            command: z.enum(ACCESS_COMMANDS),
            row: z.enum(['own', 'foreign', 'any']),
            outcome: z.enum(['allowed', 'filtered', 'denied', 'recursion', 'error', 'not-tried']),
            status: z.int(),
            code: z.string().nullable(),
            reason: z.string().nullable(),
          }),
        ),
      }),
    ),
    /** What was made for the probe and could not be removed, in words. */
    left: z.array(z.string()),
  });

/** What the tokens of test users are signed with and carry: paths and forms of claims, never a value. */
const userTokens = () =>
  z.object({
    origin: z.string(),
    tokens: z.array(
      z.object({
        user: z.enum(['A', 'C']),
        algorithm: z.string(),
        /** shared-secret: HS256. keys-unknown: the API published none. */
        signature: z.enum(['verified', 'shared-secret', 'keys-unknown', 'wrong']),
        /** From iat to exp. */
        seconds: z.number().nullable(),
        claims: z.array(
          z.object({
            path: z.array(z.string()),
            type: z.enum(['string', 'number', 'boolean', 'null', 'array', 'object']),
            /** What detectors of personal data and secrets knew in it. */
            shapes: z.array(z.string()),
          }),
        ),
      }),
    ),
  });

export const httpFacets = {
  httpSurface: facet(httpSurface, { liveOnly: true }),
  httpAccess: facet(httpAccess, { liveOnly: true }),
  userTokens: facet(userTokens, { liveOnly: true }),
} as const;
