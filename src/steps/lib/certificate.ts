import type { Facts } from '../../core/facts.ts';

export type Certificate = NonNullable<NonNullable<Facts['databaseTls']>['tls']>['certificate'];

const DAY_MS = 86_400_000;

/** Whole days until it runs out; negative once it has. */
export function daysLeft({ validTo }: Certificate, now: string): number {
  return Math.floor((Date.parse(validTo) - Date.parse(now)) / DAY_MS);
}
