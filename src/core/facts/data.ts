import { z } from 'zod';
import { facet, name } from './facet.ts';

/* Heavy facets: row scans, each bounded and cancellable, outside the catalogue transaction. */

const rowCounts = z.array(
  z.object({
    schema: name,
    table: name,
    count: z.number(),
    exact: z.boolean(),
    /** Count in the previous snapshot of this environment, or null. */
    previous: z.number().nullable(),
    /** Why it could not be counted (timeout, privilege); count is then 0 and must not be judged. */
    error: z.string().nullable(),
  }),
);

/** Rows that point at nothing, for foreign keys that are NOT VALID and for implied ones (`x_id` without a key). */
const orphans = z.array(
  z.object({
    schema: name,
    table: name,
    column: name,
    referencesSchema: name,
    referencesTable: name,
    referencesColumn: name,
    /** Constraint name when declared NOT VALID, null when only implied. */
    constraint: z.string().nullable(),
    orphans: z.number(),
    error: z.string().nullable(),
  }),
);

/** Users without a profile row and the reverse; null when no profile table is recognised. */
const profileParity = z
  .object({
    schema: name,
    table: name,
    column: name,
    usersWithoutProfile: z.number(),
    profilesWithoutUser: z.number(),
    error: z.string().nullable(),
  })
  .nullable();

export const dataFacets = {
  rowCounts: facet(rowCounts, { volatile: true, liveOnly: true }),
  orphans: facet(orphans, { volatile: true, liveOnly: true }),
  profileParity: facet(profileParity, { volatile: true, liveOnly: true }),
} as const;
