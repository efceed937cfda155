import * as z from 'zod';
import { facet, name } from './facet.ts';

/* Who can read and write what, as PostgreSQL itself answered in a copy of the shadow database (src/facts/shadow/access/). */

export const ACCESS_COMMANDS = ['select', 'insert', 'update', 'delete'] as const;
export const ACCESS_ROWS = ['own', 'tenant', 'foreign', 'any'] as const;

const column = () =>
  z.object({
    column: name,
    /** What says so, surest first. */
    source: z.enum(['config', 'policy', 'foreign key', 'primary key', 'name']),
    /** The claim it is compared with, as a path into the JWT; null where a table stands between (memberships). */
    claim: z.array(z.string()).nullable(),
  });

const cell = () =>
  z.object({
    command: z.enum(ACCESS_COMMANDS),
    /**
     * Whose row, as the persona sees it: its own, one of another user of its tenant, one of another tenant's (or simply
     * another) user; `any` where rows belong to nobody. Of an INSERT: in whose name.
     */
    row: z.enum(ACCESS_ROWS),
    /**
     * Null: the row as it is. `owner`, `tenant`: the persona's own row with another's id in the owner or tenant column, inserted
     * so or (UPDATE) changed to that.
     */
    forged: z.enum(['owner', 'tenant']).nullable(),
    /** filtered: no error and no row. denied: 42501. recursion: 42P17. error: any other SQLSTATE. */
    outcome: z.enum(['allowed', 'filtered', 'denied', 'recursion', 'error', 'not-tried']),
    /** Of a refusal; of `allowed` where only a constraint stopped the row, after privileges and policies had let it pass. */
    sqlstate: z.string().nullable(),
    /** Why it was not tried, or what raised the error; never a value. */
    reason: z.string().nullable(),
    /** The personas it went so for. */
    personas: z.array(z.string()),
  });

const accessMatrix = () =>
  z.object({
    /** Tried in the live database itself, on consent, and rolled back (src/facts/shadow/access/live-probe.ts). */
    live: z.literal(true).optional(),
    personas: z.array(
      z.object({
        name: z.string(),
        role: name,
        /** In plain words. */
        who: z.string(),
      }),
    ),
    relations: z.array(
      z.object({
        schema: name,
        table: name,
        /** Of storage.objects: the bucket the rows lie in. */
        bucket: z.string().nullable(),
        kind: z.enum(['table', 'partition', 'view', 'materialized view']),
        /** Whose its rows are, as inferred or configured; `via` leads to the table that says it. */
        ownership: z.object({
          owner: column().nullable(),
          tenant: column().nullable(),
          /** Columns that hold a claim of the row's user (`sub`, `email`), the owner's among them. */
          people: z.record(z.string(), z.string()),
          via: z.object({ column: name, schema: name, table: name }).nullable(),
        }),
        /** Rows of it say who belongs to which tenant. */
        membership: z.boolean(),
        cells: z.array(cell()),
      }),
    ),
    /**
     * Functions in schemas that API roles may look into, and the personas' roles that may execute them. Called were those that
     * cannot write, need no argument and return rows of a table: `cells` says whose rows came back.
     */
    functions: z.array(
      z.object({
        schema: name,
        name,
        arguments: z.string(),
        roles: z.array(name),
        shows: z.object({ schema: name, table: name }).nullable(),
        cells: z.array(cell()),
      }),
    ),
  });

export const accessFacets = { accessMatrix: facet(accessMatrix) } as const;
