import * as z from 'zod';
import { facet, name } from './facet.ts';

/* What comes of running the repository's scripts once more: migrations, declared schema, seeds, down scripts. */

const failure = () => ({ path: z.string(), line: z.int(), sqlstate: z.string(), message: z.string() });

/** Objects that one of two schemas has not, or has otherwise; a table that one side lacks stands for all that is on it. */
const differences = () =>
  z.array(
    z.object({
      kind: z.string(),
      schema: name.nullable(),
      name,
      table: name.nullable(),
      where: z.enum(['first', 'second', 'both']),
      /** A partition of another table. */
      partition: z.boolean(),
    }),
  );

/** The migrations replayed a second time, later by the database's clock (src/facts/shadow/repeat.ts). */
const replayTwice = () =>
  z.object({
    daysLater: z.int(),
    /** Files that failed only the second time. */
    failures: z.array(z.object({ ...failure(), consequent: z.boolean() })),
    differences: differences(),
    /** Of all differences, also of those left out above. */
    total: z.int(),
  });

/** The declarative schema built beside the migrations (src/facts/shadow/repeat-declared.ts); null where none is declared. */
const declaredSchema = () =>
  z
    .object({
      files: z.int(),
      source: z.enum(['schema_paths', 'folder']),
      failures: z.array(z.object(failure())),
      /** first: what the migrations make. second: what the schema declares. */
      differences: differences(),
      total: z.int(),
    })
    .nullable();

/** The seeds run twice on a copy of the replayed database (src/facts/shadow/seed.ts); null where there are none. */
const seedReplay = () =>
  z
    .object({
      files: z.array(z.string()),
      /** Seeds that are programs: never run. */
      programs: z.array(z.string()),
      failures: z.array(z.object({ ...failure(), run: z.int(), hint: z.string() })),
      /** Tables whose rows the second run changed in number. */
      changed: z.array(z.object({ schema: name, table: name, before: z.int(), first: z.int(), second: z.int() })),
      /** Rows that the first run made, over all tables. */
      rows: z.int(),
    })
    .nullable();

/** Down scripts tried in a copy, from the latest migration back (src/facts/shadow/down.ts); null where there are none. */
const downScripts = () =>
  z
    .object({
      judged: z.array(z.object({ path: z.string(), down: z.string() })),
      failures: z.array(z.object({ ...failure(), step: z.enum(['down', 'up']), migration: z.string() })),
      /** Migrations that, undone and done again, make another schema. */
      unequal: z.array(z.object({ path: z.string(), down: z.string(), differences: differences(), total: z.int() })),
      /** Migrations with a down script that were not tried, and why. */
      untried: z.array(z.object({ path: z.string(), reason: z.string() })),
    })
    .nullable();

export const repeatFacets = {
  replayTwice: facet(replayTwice),
  declaredSchema: facet(declaredSchema),
  seedReplay: facet(seedReplay),
  downScripts: facet(downScripts),
} as const;
