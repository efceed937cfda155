import * as z from 'zod';
import { facet, name } from './facet.ts';

/* Heavy facets: row scans, each bounded and cancellable, outside the catalogue transaction. */

const rowCounts = () =>
  z.array(
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
const orphans = () =>
  z.array(
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
const profileParity = () =>
  z
    .object({
      schema: name,
      table: name,
      column: name,
      usersWithoutProfile: z.number(),
      profilesWithoutUser: z.number(),
      error: z.string().nullable(),
    })
    .nullable();

/** What a bounded sample of rows holds, as counts: no value is ever kept, and a shape has no character of one (core/detect). */
const columnSamples = () =>
  z.object({
    /** ISO 8601 UTC. A sweep that was cut short is taken up by the next run, so samples may be older than the snapshot. */
    begunAt: z.string(),
    tables: z.array(
      z.object({
        schema: name,
        table: name,
        /** Rows looked at, and whether they are all of the table's. */
        rows: z.int(),
        whole: z.boolean(),
        /** Columns looked at: text, JSON, arrays of text, and numbers whose name says that they identify a person. */
        columns: z.int(),
        /** Columns in which a detector found something. */
        found: z.array(
          z.object({
            column: name,
            kind: z.enum(['text', 'json', 'array', 'number']),
            /** Values that were not null, and those of them of which only the beginning was read. */
            values: z.int(),
            cut: z.int(),
            hits: z.array(z.object({ detector: z.string(), values: z.int(), shape: z.string().nullable() })),
          }),
        ),
        /** Why it, or a column of it, could not be looked at. */
        error: z.string().nullable(),
      }),
    ),
    /** Tables that were not reached in the time given. */
    pending: z.array(z.object({ schema: name, table: name })),
  });

/** Rows that the project declares it cannot start without (`declared.seed`), counted with their condition. */
const seedCounts = () =>
  z.array(
    z.object({
      /** As declared, and as SQL reads it. */
      table: z.string(),
      relation: z.object({ schema: name, name }),
      where: z.string().nullable(),
      min: z.int(),
      /** Null when the table does not exist. */
      count: z.number().nullable(),
      error: z.string().nullable(),
    }),
  );

/** Where sequences stand beside the numbers in the columns they feed. */
const sequencePositions = () =>
  z.array(
    z.object({
      schema: name,
      table: name,
      column: name,
      sequence: z.object({ schema: name, name }),
      increment: z.string(),
      /** Last value handed out, or null when none was. */
      last: z.string().nullable(),
      /** Highest (for a falling sequence lowest) number in the column; null without rows. */
      reached: z.string().nullable(),
      /** The number that comes next is in the column already. */
      nextTaken: z.boolean(),
      /** The column alone is a primary or unique key. */
      unique: z.boolean(),
      error: z.string().nullable(),
    }),
  );

/** Columns that hold names of stored files, and rows of them whose file is not there. */
const storageReferences = () =>
  z.array(
    z.object({
      schema: name,
      table: name,
      column: name,
      /** Buckets in which the others are found. */
      buckets: z.array(z.string()),
      rows: z.number(),
      missing: z.number(),
      error: z.string().nullable(),
    }),
  );

/** What only the files themselves can tell: the sort order indexes were built with, and (on consent) whether B-trees are whole. */
const physical = () =>
  z.object({
    /** Collations that columns of the project use, beside the database's own. */
    collations: z.array(
      z.object({ schema: name, name, version: z.string().nullable(), actual: z.string().nullable(), columns: z.int() }),
    ),
    /** Null without consent. */
    amcheck: z
      .object({
        /** B-trees checked. */
        checked: z.int(),
        broken: z.array(z.object({ schema: name, table: name, index: name, reason: z.string() })),
        /** B-trees that could not be checked, and why. */
        unchecked: z.array(z.object({ schema: name, table: name, index: name, reason: z.string() })),
        /** Why nothing could be checked. */
        error: z.string().nullable(),
      })
      .nullable(),
  });

/** Administrators kept in tables of the project (`profiles.is_admin`, `user_roles.role`), counted. */
const administrators = () =>
  z.array(
    z.object({
      schema: name,
      table: name,
      column: name,
      admins: z.int(),
      confirmed: z.int(),
      withVerifiedMfa: z.int(),
      error: z.string().nullable(),
    }),
  );

/**
 * How many mail addresses of this environment are of users in production. Compared as HMACs under a key that is made for the
 * run and never leaves the process; null for production itself, and where production was not given in the same run.
 */
const productionOverlap = () =>
  z
    .object({
      production: z.string(),
      /** Addresses of production compared with; a share of them all where there are very many. */
      addresses: z.int(),
      share: z.number(),
      columns: z.array(
        z.object({
          schema: name,
          table: name,
          column: name,
          addresses: z.int(),
          shared: z.int(),
          /** Of the shared, those of the one domain (no public mail service) with most of them: likely the team's own. */
          ofOneDomain: z.int(),
          error: z.string().nullable(),
        }),
      ),
      error: z.string().nullable(),
    })
    .nullable();

export const dataFacets = {
  rowCounts: facet(rowCounts, { volatile: true, liveOnly: true }),
  orphans: facet(orphans, { volatile: true, liveOnly: true }),
  profileParity: facet(profileParity, { volatile: true, liveOnly: true }),
  columnSamples: facet(columnSamples, { volatile: true, liveOnly: true }),
  seedCounts: facet(seedCounts, { volatile: true, liveOnly: true }),
  sequencePositions: facet(sequencePositions, { volatile: true, liveOnly: true }),
  storageReferences: facet(storageReferences, { volatile: true, liveOnly: true }),
  physical: facet(physical, { volatile: true, liveOnly: true }),
  administrators: facet(administrators, { volatile: true, liveOnly: true }),
  productionOverlap: facet(productionOverlap, { volatile: true, liveOnly: true }),
} as const;
