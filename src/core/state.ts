import type { EnvironmentRef } from './check.ts';
import type { EventData } from './events.ts';
import type { CheckResult } from './finding.ts';

type Stamped<T> = T & { at: string; seq: number };

/** The latest snapshot of one environment: what staleness compares against. */
export interface SnapshotState {
  snapshotId: string;
  environment: string;
  source: EnvironmentRef['source'];
  takenAt: string;
  /** Facet name → digest, or null when it could not be collected. A facet that this snapshot left out keeps the digest before. */
  facets: Readonly<Record<string, string | null>>;
}

/**
 * Everything an audit is, folded from its journal by `reduce` (src/state/reducer.ts). Plain data; nothing here depends on
 * the time of reading: freshness is the gate's business.
 */
export interface AuditState {
  auditId: string;
  project: string;
  repository: string | null;
  checklist: { version: string; sha256: string };
  environments: readonly EnvironmentRef[];
  startedAt: string;
  lastEventAt: string;
  /** Sequence number of the last entry. */
  seq: number;
  /** Latest snapshot by environment. */
  snapshots: Readonly<Record<string, SnapshotState>>;
  /** Latest result by environment, then check id. */
  results: Readonly<Record<string, Readonly<Record<string, CheckResult>>>>;
  /** Not revoked; the latest for each question or covered check stands, earlier ones are superseded and gone. */
  attestations: readonly Stamped<EventData<'attest'>>[];
  waivers: readonly Stamped<EventData<'waive'>>[];
  acknowledgements: readonly Stamped<EventData<'acknowledge'>>[];
  approvals: readonly Stamped<EventData<'approve'>>[];
  /** `facts`: digest of each environment's non-volatile facts when it was signed (`stableDigest`), if the snapshot it names was the latest. */
  signOffs: readonly Stamped<EventData<'sign'> & { facts: Readonly<Record<string, string>> }>[];
  consents: readonly Stamped<EventData<'consent'>>[];
  handedTo: string | null;
}
