import type { EnvironmentRef } from '../core/check.ts';
import { EXIT, UserError } from '../core/errors.ts';
import type { NewEvent, Person } from '../core/events.ts';
import type { AuditState } from '../core/state.ts';

/** Probes that run only when a person agreed: what each belongs to and what it does to its target. */
export const PROBES: Readonly<Record<string, { check: string; effect: string }>> = {
  'rls-http': {
    check: 'rls-http',
    effect:
      'on environments that are no production: signs two users up (supaready+…@example.com) where no test users are named, and removes them with the secret key; as the test users, asks the API to insert, change and delete rows in ways it undoes or PostgreSQL refuses (triggers run, sequences move)',
  },
  amcheck: {
    check: 'physical-integrity',
    effect:
      'reads every B-tree index of the project with amcheck (bt_index_check): locks like a SELECT and writes nothing, but loads the disk',
  },
};

/** Names of the probes a person agreed to on this very target. */
export function consentsOn(state: AuditState, environment: EnvironmentRef): ReadonlySet<string> {
  return new Set(
    state.consents
      .filter((consent) => consent.environment === environment.name && consent.target === (environment.target ?? ''))
      .map(({ probe }) => probe),
  );
}

/** The journal entries of a person's consent to a probe, by its name or its check's, on each live environment that lacks it. */
export function consentEvents(
  state: AuditState,
  environments: readonly EnvironmentRef[],
  asked: string,
  by: Person,
): NewEvent[] {
  const [probe, known] = Object.entries(PROBES).find(([name, { check }]) => name === asked || check === asked) ?? [];
  if (probe === undefined || !known)
    throw new UserError(
      'unknown-probe',
      `there is no probe “${asked}” that asks for consent`,
      `there are: ${Object.keys(PROBES).join(', ')}`,
      EXIT.usage,
    );
  return environments
    .filter((environment) => environment.source === 'live' && !consentsOn(state, environment).has(probe))
    .map((environment) => ({
      type: 'consent',
      data: { probe, environment: environment.name, target: environment.target ?? '', effect: known.effect, by },
    }));
}
