import type { EnvironmentRef } from '../core/check.ts';
import { EXIT, UserError } from '../core/errors.ts';
import type { NewEvent, Person } from '../core/events.ts';
import type { AuditState } from '../core/state.ts';

/** The access matrix, tried in the live database itself. */
export const LIVE_ACCESS = 'rls-matrix';

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
  [LIVE_ACCESS]: {
    check: LIVE_ACCESS,
    effect:
      'makes rows of four made-up users in one transaction, reads, changes and deletes them as the API’s roles, and rolls all of it back: triggers run and are undone, what they notify or queue is never sent; sequences have drawn numbers that stay drawn, and vacuum has dead rows to clear. Refused on production, and where a trigger does what no rollback undoes',
  },
};

/** Not even on consent. */
const NEVER_ON_PRODUCTION: ReadonlySet<string> = new Set([LIVE_ACCESS]);

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
  const targets = environments.filter(({ kind }) => kind !== 'production' || !NEVER_ON_PRODUCTION.has(probe));
  if (targets.length === 0 && environments.length > 0)
    throw new UserError(
      'probe-refused',
      `the probe “${probe}” writes, and is refused on production`,
      'run it on a staging environment (--env or --kind staging), or leave it to the copy of the migrations (--repo)',
      EXIT.usage,
    );
  return targets
    .filter((environment) => environment.source === 'live' && !consentsOn(state, environment).has(probe))
    .map((environment) => ({
      type: 'consent',
      data: { probe, environment: environment.name, target: environment.target ?? '', effect: known.effect, by },
    }));
}
