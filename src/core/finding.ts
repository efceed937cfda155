import * as z from 'zod';
import { sha256 } from './canonical.ts';
import { type ObjectRef, objectSchema } from './object.ts';
import { checkStatusSchema, severitySchema } from './severity.ts';

/** How to put a finding right. Shown and copied; never run unasked. */
export const fixSchema = z.object({
  /** SQL statements separated by `;\n`, ready to run as the owner; null when SQL alone cannot mend it. */
  sql: z.string().nullable(),
  /** A shell command, or a sentence saying what to edit; null when there is none. */
  command: z.string().nullable(),
  /** A page that explains or where it is set; null when there is none. */
  url: z.string().nullable(),
  /**
   * Where database and repository differ: SQL for a migration that writes down what the database has, the other way to end
   * the finding. Absent where there is no other way; null where SQL alone does not do it.
   */
  migration: z.string().nullable().optional(),
});
export type Fix = z.infer<typeof fixSchema>;

export const locationSchema = z.object({ file: z.string(), line: z.int().min(1), column: z.int().min(1) });
export type Location = z.infer<typeof locationSchema>;

/** One defect on one object, as a check reports it. */
export const findingSchema = z.object({
  /** sha256 over check id, object and discriminator: the same defect has the same fingerprint in every run and environment. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  check: z.string(),
  severity: severitySchema,
  object: objectSchema,
  /** One sentence: what is wrong and what follows from it. */
  message: z.string(),
  /** How we know: the catalogue fact or count the verdict rests on. */
  detail: z.string().nullable(),
  fix: fixSchema,
  location: locationSchema.nullable(),
});
export type Finding = z.infer<typeof findingSchema>;

/** What a check's `evaluate` returns for one defect; the engine adds the rest. */
export interface FindingDraft {
  object: ObjectRef;
  /** Defaults to the check's severity. */
  severity?: Finding['severity'];
  message: string;
  detail?: string;
  fix?: Partial<Fix>;
  /** Where it stands, when the check knows better than the engine, which adds the place of the object's origin. */
  location?: Location;
  /** As Check.aspect, for this finding. */
  aspect?: string;
  /** Tells two defects of one check on one object apart (a role, a constraint name). Never a count, a time or a text that changes. */
  discriminator?: string;
}

/** The stable fingerprint of a defect (EVIDENCE.md §5): no message, line or time in it. */
export function fingerprintOf(check: string, object: ObjectRef, discriminator = ''): string {
  const { kind, schema, name, table, column, signature } = object;
  return sha256(JSON.stringify([check, kind, schema, name, table, column, signature, discriminator]));
}

/** The result of one check in one environment. */
export const checkResultSchema = z.object({
  check: z.string(),
  rev: z.int().min(1),
  environment: z.string(),
  status: checkStatusSchema,
  /** Why it was skipped, failed to run or does not apply, and what would make it run; null for pass and fail. */
  reason: z.string().nullable(),
  /** What was looked at, e.g. `17 tables`; null when nothing was. */
  lookedAt: z.string().nullable(),
  findings: z.array(findingSchema),
  /** ISO 8601 UTC. */
  evaluatedAt: z.string(),
  snapshotId: z.string(),
  /** Digest of every fact group the verdict rests on, by name. */
  facets: z.record(z.string(), z.string()),
  ms: z.number().min(0),
});
export type CheckResult = z.infer<typeof checkResultSchema>;
