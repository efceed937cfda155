import type { CollectedFact, FactName } from '../../core/facts.ts';
import { redact } from '../../core/redact.ts';
import { printable } from '../../core/text.ts';
import { codeOf, messageOf } from './connect-errors.ts';

/** What a failed query leaves in a facet's place: never an empty value. Not for a lost connection, which ends the run. */
export function failedFact(error: unknown, ms: number): CollectedFact<FactName> {
  const code = codeOf(error);
  const said = redact(printable(messageOf(error)));
  if (code === '42501')
    return { status: 'denied', reason: `${said} (42501); grant it, or connect as a role that may read it`, ms };
  if (code === '57014')
    return {
      status: 'timeout',
      reason: `the query was stopped after ${Math.round(ms / 1000)} s (57014); try again at a quieter time`,
      ms,
    };
  if (code === '55P03')
    return {
      status: 'timeout',
      reason: `a lock was not free in time (55P03), perhaps a migration runs; try again later`,
      ms,
    };
  if (code === '55000') return { status: 'absent', reason: `${said} (55000)`, ms };
  return { status: 'error', reason: `${said}${code ? ` (${code})` : ''}`, ms };
}
