import type { CollectedFact, FactName } from '../../core/facts.ts';
import { redact } from '../../core/redact.ts';
import { printable } from '../../core/text.ts';
import { codeOf, messageOf } from './connect-errors.ts';

/** Why a query failed and what would help, safe to show. `ms` is how long it ran. */
export function failureReason(error: unknown, ms: number): string {
  const code = codeOf(error);
  const said = redact(printable(messageOf(error)));
  if (code === '42501') return `${said} (42501); grant it, or connect as a role that may read it`;
  if (code === '57014')
    return `the query was stopped after ${Math.max(1, Math.round(ms / 1000))} s (57014); try again at a quieter time`;
  if (code === '55P03') return 'a lock was not free in time (55P03), perhaps a migration runs; try again later';
  return code ? `${said} (${code})` : said;
}

const STATUS: Readonly<Record<string, 'denied' | 'timeout' | 'absent'>> = {
  '42501': 'denied',
  '57014': 'timeout',
  '55P03': 'timeout',
  // Something that is there but not switched on, such as pg_stat_statements without its library loaded.
  '55000': 'absent',
};

/** What a failed query leaves in a facet's place: never an empty value. Not for a lost connection, which ends the run. */
export function failedFact(error: unknown, ms: number): CollectedFact<FactName> {
  return { status: STATUS[codeOf(error)] ?? 'error', reason: failureReason(error, ms), ms };
}
