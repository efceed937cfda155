import * as z from 'zod';
import { parseDuration } from './duration.ts';
import { ONCE } from './parse-once.ts';

const duration = z.string().refine((text) => parseDuration(text) !== null, 'a duration such as 14d, 12h or 30m');

/** The rules of the gate that a team may tighten (DESIGN.md §3). */
export const policySchema = z.strictObject({
  /** Age at which a result must be taken again. */
  maxAge: duration.default('14d'),
  /** Blocker waivers on production and the sign-off need a second person. */
  fourEyes: z.boolean().default(false),
  /** Longest life of a waiver in days; 90 at most. */
  maxWaiverDays: z.int().min(1).max(90).default(90),
});
export type Policy = z.infer<typeof policySchema>;
export const DEFAULT_POLICY: Policy = policySchema.parse({}, ONCE);
