import { canonicalJson } from '../core/canonical.ts';
import type { Parameters } from '../core/check.ts';
import type { NewEvent } from '../core/events.ts';
import type { Snapshot } from '../core/facts.ts';
import type { CheckResult } from '../core/finding.ts';
import type { AuditStore } from '../state/store.ts';

function snapshotEvent({ header }: Snapshot): NewEvent {
  const { id: snapshotId, environment, source, takenAt, durationMs } = header;
  const facets = Object.fromEntries(
    Object.entries(header.facets).map(([name, { status, sha256, reason, hidden }]) => [
      name,
      { status, sha256, reason, hidden },
    ]),
  );
  return { type: 'snapshot', data: { snapshotId, environment, source, takenAt, durationMs, facets } };
}

export interface RecorderOptions {
  store: AuditStore;
  parameters: Readonly<Record<string, Parameters>>;
  now: () => string;
  /** Called after every entry. */
  onChange: () => void;
}

/** Writes what happens in an audit, and keeps the latest snapshots in memory. */
export class Recorder {
  readonly store: AuditStore;
  readonly #options: RecorderOptions;
  readonly #snapshots = new Map<string, Snapshot | null>();

  constructor(options: RecorderOptions) {
    this.store = options.store;
    this.#options = options;
  }

  /** The latest snapshot of an environment, or null. */
  snapshot(environment: string): Snapshot | null {
    const known = this.#snapshots.get(environment);
    if (known !== undefined) return known;
    const loaded = this.store.latestSnapshot(environment);
    this.#snapshots.set(environment, loaded);
    return loaded;
  }

  /** The latest snapshots, one for each environment that has any. */
  snapshots(): Snapshot[] {
    return Object.keys(this.store.state.snapshots).flatMap((environment) => this.snapshot(environment) ?? []);
  }

  /** Forgets what is in memory: another terminal may have written. */
  forget(): void {
    this.#snapshots.clear();
  }

  record(event: NewEvent): void {
    this.#append([event]);
  }

  /** Snapshot first, then the results that rest on it, in one append: both or neither. */
  save(snapshot: Snapshot, results: readonly CheckResult[]): void {
    this.store.saveSnapshot(snapshot);
    const { header } = snapshot;
    const blob = this.store.blobs.put(Buffer.from(canonicalJson(results)));
    const overridden = Object.fromEntries(
      Object.entries(this.#options.parameters).filter(([check]) => results.some((result) => result.check === check)),
    );
    const run: NewEvent = {
      type: 'check.run',
      data: {
        environment: header.environment,
        snapshotId: header.id,
        results: blob,
        parameters: overridden as Record<string, Record<string, string | number | boolean | string[]>>,
        summary: results.map(({ check, rev, status, findings, ms }) => ({
          check,
          rev,
          status,
          findings: findings.length,
          ms,
        })),
      },
    };
    this.#append([snapshotEvent(snapshot), run], snapshot);
  }

  /** What a run had sampled when it was cut short: the next one goes on there. No result rests on it. */
  saveInterrupted(snapshot: Snapshot): void {
    this.store.saveSnapshot(snapshot);
    this.#append([snapshotEvent(snapshot)], snapshot);
  }

  #append(events: readonly NewEvent[], snapshot?: Snapshot): void {
    this.store.append(events, this.#options.now());
    if (snapshot) this.#snapshots.set(snapshot.header.environment, snapshot);
    this.#options.onChange();
  }
}
