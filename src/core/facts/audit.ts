import * as z from 'zod';
import { facet, name } from './facet.ts';

/* What the audit knows of itself: how the target came about, what the project declares, what section 7 judges. */

/** What the project itself declares (supaready.config.json), without credentials. */
const declaredSchema = () =>
  z.object({
    project: z.string().nullable(),
    /** `schema.table` that only server code may touch: RLS on without a policy is right there. */
    serverOnlyTables: z.array(z.string()),
    /** `schema.table` everybody may read on purpose. */
    publicTables: z.array(z.string()),
    /** `schema.function(args)` that anon or authenticated may execute on purpose although SECURITY DEFINER. */
    allowedDefinerFunctions: z.array(z.string()),
    seed: z.array(z.object({ table: z.string(), where: z.string().nullable(), min: z.int() })),
    regions: z.array(z.string()),
    /** Addresses at which people reach the production application. */
    urls: z.array(z.string()),
    /** `schema.table` or bucket whose rows outlive the account on purpose, and how long and why. */
    retention: z.record(z.string(), z.string()),
    /** Columns that say whose the rows of a table are, by `schema.table`, where they are not what is inferred; null: none. */
    access: z
      .record(
        z.string(),
        z.object({ owner: z.string().nullable().optional(), tenant: z.string().nullable().optional() }),
      )
      .optional(),
    /** Project refs by environment. */
    refs: z.record(z.string(), z.string()),
  });

export type Declared = z.infer<ReturnType<typeof declaredSchema>>;

const auditResults = () =>
  z.object({
    results: z.array(
      z.object({
        environment: z.string(),
        checkpoint: z.string(),
        check: z.string(),
        matrix: z.enum(['Schema', 'RLS', 'Indexes', 'Seed', 'Monitoring']).nullable(),
        status: z.enum(['pass', 'fail', 'skipped', 'error', 'not-applicable']),
        /** Result blob and snapshot exist and their digests hold. */
        evidence: z.boolean(),
        /** It could not run, and a person stands in for it with evidence attached. */
        attested: z.boolean().optional(),
        findings: z.array(
          z.object({
            fingerprint: z.string(),
            severity: z.enum(['blocker', 'high', 'medium', 'low', 'info']),
            state: z.enum(['open', 'waived', 'acknowledged']),
            table: z.tuple([name, name]).nullable(),
          }),
        ),
      }),
    ),
    /** Checkpoints of sections 1–6 that are not satisfied. */
    unsatisfied: z.array(z.string()),
  });

/** Tables, columns and functions at the last sign-off; null when nothing was signed before. */
const lastSigned = () =>
  z
    .object({
      at: z.string(),
      snapshotId: z.string(),
      relations: z.array(
        z.object({ schema: name, name, columns: z.array(z.object({ name, type: z.string(), notNull: z.boolean() })) }),
      ),
      functions: z.array(z.object({ schema: name, name, arguments: z.string() })),
    })
    .nullable();

export const auditFacets = {
  declared: facet(declaredSchema),
  auditResults: facet(auditResults, { volatile: true }),
  lastSigned: facet(lastSigned, { volatile: true }),
} as const;
