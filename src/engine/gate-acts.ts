import type { EnvironmentKind } from '../core/check.ts';
import type { Person } from '../core/events.ts';
import { type FactName, VOLATILE_FACTS } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { FindingState } from '../core/gate.ts';
import { samePerson } from '../core/person.ts';
import type { Policy } from '../core/policy.ts';
import { compareSeverity } from '../core/severity.ts';
import type { AuditState } from '../core/state.ts';

type Attest = AuditState['attestations'][number];
type Waiver = AuditState['waivers'][number];
type Acknowledgement = AuditState['acknowledgements'][number];
type Approval = AuditState['approvals'][number];

/** Longest life of an attestation that names no other, in days. */
export const ATTESTATION_DAYS = 90;
const DAY = 86_400_000;

/** What people have done in an audit, indexed for the gate. */
export interface Acts {
  /** The answer that stands to a checkpoint's question. */
  answer(checkpoint: string, question: string): Attest | undefined;
  /** The manual attestation that stands in for a check in an environment. */
  cover(checkpoint: string, check: string, environment: string): Attest | undefined;
  /** When somebody other than `author` approved an act: the number of that entry, or null. */
  approvedBy(target: string, author: Person): number | null;
  finding(finding: Finding, environment: string, kind: EnvironmentKind): FindingCover;
}

export interface FindingCover {
  state: FindingState;
  /** The waiver or acknowledgement in force. */
  coveredBy: string | null;
  /** Number of the entry from which on it was in force; 0 when nothing is. */
  since: number;
  /** A waiver that would be in force had a second person approved it. */
  awaiting: string | null;
  /** When the last of its waivers ran out, if none is in force. */
  expiredAt: string | null;
}

/** Of most findings: nobody has said anything about it. */
const OPEN: FindingCover = Object.freeze({ state: 'open', coveredBy: null, since: 0, awaiting: null, expiredAt: null });

/**
 * The moment an act ends, in ms: what it says itself, but never later than `days` after it was made. NaN for a time that
 * cannot be read, which counts as over.
 */
export function endOf(act: { at: string; expiresAt: string }, days: number): number {
  return Math.min(Date.parse(act.expiresAt), Date.parse(act.at) + days * DAY);
}

/** Why an attestation no longer holds, or null: it ran out, or what it was given over has changed (DESIGN.md §3). */
export function lapsed(act: Attest, days: number, state: AuditState, now: number): string | null {
  const end = endOf(act, days);
  if (!(now < end))
    return Number.isNaN(end)
      ? 'it names no day on which it ends'
      : `it was given until ${new Date(end).toISOString().slice(0, 10)}`;
  for (const [environment, facets] of Object.entries(act.binds)) {
    const changed = changedFacet(facets, state, environment);
    if (changed !== null) return `${changed} in ${environment} since it was given`;
  }
  return null;
}

/**
 * What has changed, as a clause, when one of these facets has another digest in the latest snapshot of that environment (or
 * could not be read there any more); null when none has. Volatile facts never count.
 */
export function changedFacet(
  facets: Readonly<Record<string, string>>,
  state: AuditState,
  environment: string,
): string | null {
  const latest = state.snapshots[environment]?.facets;
  if (!latest) return null;
  for (const name of Object.keys(facets).sort()) {
    const digest = latest[name];
    if (VOLATILE_FACTS.has(name as FactName) || digest === undefined || digest === facets[name]) continue;
    return digest === null ? `the facts “${name}” could not be read again` : `the facts “${name}” have changed`;
  }
  return null;
}

function grouped<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

const keyOf = (...parts: readonly (string | null)[]): string => JSON.stringify(parts);

/** Indexes the acts of an audit. Pure. `now` in ms. */
export function indexActs(state: AuditState, policy: Policy, now: number): Acts {
  const answers = new Map<string, Attest>();
  const covers = new Map<string, Attest>();
  for (const act of state.attestations) {
    if (act.covers) covers.set(keyOf(act.checkpoint, act.covers.check, act.covers.environment), act);
    else if (act.attestation !== null) answers.set(keyOf(act.checkpoint, act.attestation), act);
  }
  const findingKey = (act: { fingerprint: string; environment: string }) => `${act.fingerprint}${act.environment}`;
  const waivers = grouped<Waiver>(state.waivers, findingKey);
  const acknowledgements = grouped<Acknowledgement>(state.acknowledgements, findingKey);
  const approvals = grouped<Approval>(state.approvals, (act) => act.target);

  function approvedBy(target: string, author: Person): number | null {
    const others = (approvals.get(target) ?? []).filter(({ by }) => !samePerson(by, author));
    return others.length === 0 ? null : Math.min(...others.map(({ seq }) => seq));
  }

  function finding(subject: Finding, environment: string, kind: EnvironmentKind): FindingCover {
    const key = findingKey({ fingerprint: subject.fingerprint, environment });
    if (!waivers.has(key) && !acknowledgements.has(key)) return OPEN;
    const cover: FindingCover = { ...OPEN };
    const fourEyes = policy.fourEyes && subject.severity === 'blocker' && kind === 'production';
    let lastEnd = Number.NEGATIVE_INFINITY;
    let inForceUntil = Number.NEGATIVE_INFINITY;
    let since = Number.POSITIVE_INFINITY;
    for (const waiver of waivers.get(key) ?? []) {
      // Accepted as something lesser than it has become: that was not this risk.
      if (compareSeverity(subject.severity, waiver.severity) < 0) continue;
      const end = endOf(waiver, policy.maxWaiverDays);
      if (!(now < end)) {
        if (end > lastEnd) {
          lastEnd = end;
          cover.expiredAt = new Date(end).toISOString();
        }
        continue;
      }
      const approved = fourEyes ? approvedBy(waiver.id, waiver.by) : waiver.seq;
      if (approved === null) {
        if (cover.awaiting === null || waiver.id < cover.awaiting) cover.awaiting = waiver.id;
      } else if (end > inForceUntil || (end === inForceUntil && waiver.id < (cover.coveredBy ?? ''))) {
        inForceUntil = end;
        cover.state = 'waived';
        cover.coveredBy = waiver.id;
      }
      if (approved !== null) since = Math.min(since, Math.max(approved, waiver.seq));
    }
    if (cover.state === 'waived') cover.since = since;
    if (cover.state === 'open' && subject.severity === 'medium') {
      const [first] = [...(acknowledgements.get(key) ?? [])].sort((a, b) => a.seq - b.seq);
      if (first)
        return { state: 'acknowledged', coveredBy: first.id, since: first.seq, awaiting: null, expiredAt: null };
    }
    return cover;
  }

  return {
    answer: (checkpoint, question) => answers.get(keyOf(checkpoint, question)),
    cover: (checkpoint, check, environment) => covers.get(keyOf(checkpoint, check, environment)),
    approvedBy,
    finding,
  };
}
