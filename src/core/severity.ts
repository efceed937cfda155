import * as z from 'zod';

/** Severities, worst first (DESIGN.md §2). */
export const SEVERITIES = ['blocker', 'high', 'medium', 'low', 'info'] as const;
export const severitySchema = z.enum(SEVERITIES);
export type Severity = z.infer<typeof severitySchema>;

/** Negative when `a` is worse than `b`; for sorting worst first. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

/** True for the severities that hold a checkpoint back until fixed, waived or acknowledged (DESIGN.md §3). */
export function blocks(severity: Severity): boolean {
  return severity === 'blocker' || severity === 'high' || severity === 'medium';
}

/** The status of one check in one environment. `skipped` and `error` always carry a reason and are never green. */
export const CHECK_STATUSES = ['pass', 'fail', 'skipped', 'error', 'not-applicable'] as const;
export const checkStatusSchema = z.enum(CHECK_STATUSES);
export type CheckStatus = z.infer<typeof checkStatusSchema>;
