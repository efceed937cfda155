import type { AuditEvent, BlobRef } from '../core/events.ts';
import type { CheckResult } from '../core/finding.ts';
import { stableDigest } from '../core/snapshot.ts';
import type { AuditState } from '../core/state.ts';

/** Reads the results that a `check.run` entry names by digest. */
export type ResultsOf = (ref: BlobRef) => readonly CheckResult[];
type EventOf<T extends AuditEvent['type']> = Extract<AuditEvent, { type: T }>;

function stamped<D extends object>(event: { data: D; at: string; seq: number }): D & { at: string; seq: number } {
  return { ...event.data, at: event.at, seq: event.seq };
}

function begin({ data, at, seq }: EventOf<'genesis'>): AuditState {
  return {
    auditId: data.auditId,
    project: data.project,
    repository: data.repository,
    checklist: data.checklist,
    environments: data.environments,
    startedAt: at,
    lastEventAt: at,
    seq,
    snapshots: {},
    results: {},
    attestations: [],
    waivers: [],
    acknowledgements: [],
    approvals: [],
    signOffs: [],
    consents: [],
    handedTo: null,
  };
}

function withSnapshot(state: AuditState, { data }: EventOf<'snapshot'>): AuditState {
  const { snapshotId, environment, source, takenAt } = data;
  const before = state.snapshots[environment];
  // A partial snapshot must not make the facts it left out look unchanged since ever.
  const facets: Record<string, string | null> = before?.source === source ? { ...before.facets } : {};
  for (const [name, facet] of Object.entries(data.facets)) facets[name] = facet.sha256;
  return {
    ...state,
    snapshots: { ...state.snapshots, [environment]: { snapshotId, environment, source, takenAt, facets } },
  };
}

function withResults(state: AuditState, { data }: EventOf<'check.run'>, results: readonly CheckResult[]): AuditState {
  const latest = { ...state.results[data.environment] };
  for (const result of results) latest[result.check] = result;
  return { ...state, results: { ...state.results, [data.environment]: latest } };
}

/** What an attestation answers: a question of a checkpoint, or a check in an environment. */
function subjectOf({ checkpoint, attestation, covers }: EventOf<'attest'>['data']): string {
  return JSON.stringify([checkpoint, attestation, covers?.check ?? null, covers?.environment ?? null]);
}

function withAttestation(state: AuditState, event: EventOf<'attest'>): AuditState {
  const subject = subjectOf(event.data);
  const others = state.attestations.filter((one) => subjectOf(one) !== subject);
  return { ...state, attestations: [...others, stamped(event)] };
}

function withSignOff(state: AuditState, event: EventOf<'sign'>): AuditState {
  const facts: Record<string, string> = {};
  for (const [environment, snapshotId] of Object.entries(event.data.snapshots)) {
    const latest = state.snapshots[environment];
    if (latest?.snapshotId === snapshotId) facts[environment] = stableDigest(latest.facets);
  }
  return { ...state, signOffs: [...state.signOffs, { ...stamped(event), facts }] };
}

function without<T extends { id: string }>(list: readonly T[], id: string): readonly T[] {
  return list.some((one) => one.id === id) ? list.filter((one) => one.id !== id) : list;
}

function withRevocation(state: AuditState, target: string): AuditState {
  return {
    ...state,
    attestations: without(state.attestations, target),
    waivers: without(state.waivers, target),
    acknowledgements: without(state.acknowledgements, target),
    approvals: without(state.approvals, target),
    signOffs: without(state.signOffs, target),
  };
}

function fold(state: AuditState, event: AuditEvent, resultsOf: ResultsOf): AuditState {
  switch (event.type) {
    case 'genesis':
      throw new TypeError('an audit begins once');
    case 'snapshot':
      return withSnapshot(state, event);
    case 'check.run':
      return withResults(state, event, resultsOf(event.data.results));
    case 'attest':
      return withAttestation(state, event);
    case 'waive':
      return { ...state, waivers: [...state.waivers, stamped(event)] };
    case 'acknowledge':
      return { ...state, acknowledgements: [...state.acknowledgements, stamped(event)] };
    case 'approve':
      return { ...state, approvals: [...state.approvals, stamped(event)] };
    case 'revoke':
      return withRevocation(state, event.data.target);
    case 'consent':
      return { ...state, consents: [...state.consents, stamped(event)] };
    case 'sign':
      return withSignOff(state, event);
    case 'handoff':
      return { ...state, handedTo: event.data.to };
    case 'import':
      return { ...state, handedTo: null };
    case 'checklist.migrate':
      return { ...state, checklist: { version: event.data.to, sha256: event.data.sha256 } };
    case 'session':
    case 'fix':
    case 'export':
    case 'recover':
      return state;
  }
}

/**
 * Adds one event to a state; `null` only before genesis. Pure: the state given is not changed. Throws what `resultsOf`
 * throws, and TypeError when the first event is not genesis.
 */
export function applyEvent(state: AuditState | null, event: AuditEvent, resultsOf: ResultsOf): AuditState {
  if (state === null) {
    if (event.type !== 'genesis') throw new TypeError('an audit begins with its genesis');
    return begin(event);
  }
  return { ...fold(state, event, resultsOf), lastEventAt: event.at, seq: event.seq };
}

/** Whether later runs replaced every result of each run, so that its blob need not be read. By index of the event. */
function supersededRuns(events: readonly AuditEvent[]): Set<number> {
  const seen = new Set<string>();
  const superseded = new Set<number>();
  for (let index = events.length - 1; index >= 0; index -= 1) {
    const event = events[index];
    if (event?.type !== 'check.run') continue;
    const keys = event.data.summary.map(({ check }) => JSON.stringify([event.data.environment, check]));
    if (keys.every((key) => seen.has(key))) superseded.add(index);
    for (const key of keys) seen.add(key);
  }
  return superseded;
}

/**
 * Folds a journal's events into the state of the audit. Pure but for `resultsOf`, which is asked only for runs of which
 * something still stands. Events that do not touch the same thing may come in any order.
 */
export function reduce(events: readonly AuditEvent[], resultsOf: ResultsOf): AuditState {
  const superseded = supersededRuns(events);
  let state: AuditState | null = null;
  for (const [index, event] of events.entries()) {
    state = applyEvent(state, event, superseded.has(index) ? () => [] : resultsOf);
  }
  if (state === null) throw new TypeError('an audit begins with its genesis');
  return state;
}
