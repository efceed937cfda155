import { randomBytes } from 'node:crypto';
import { EXIT, UserError } from '../core/errors.ts';
import { type AuditEvent, type NewEvent, resultSetSchema } from '../core/events.ts';
import type { Snapshot } from '../core/facts.ts';
import { ONCE } from '../core/parse-once.ts';
import type { AuditState } from '../core/state.ts';
import { type BlobStore, openBlobs } from './blobs.ts';
import type { Disk } from './disk.ts';
import { followJournal } from './follow.ts';
import type { JournalWriter } from './journal.ts';
import type { Scan } from './journal-scan.ts';
import { accountName, type HeldLock } from './lock.ts';
import { applyEvent, type ResultsOf, reduce } from './reducer.ts';
import { loadSnapshot, saveSnapshot } from './snapshots.ts';
import type { AuditStore } from './store.ts';

/** The refusal to go on with an audit that somebody else goes on with (EVIDENCE.md §7): exit 2. */
export function handedOver(to: string): UserError {
  return new UserError(
    'audit-handed-over',
    `this audit was handed to ${to}, who goes on with it; here it can only be looked at`,
    'ask them for the bundle they make of it, or start a new audit with --new',
    EXIT.usage,
  );
}

type Listener = (problem: UserError | null) => void;

/** The one implementation of AuditStore, over a journal that has been read and (for writing) locked. */
export class JournalStore implements AuditStore {
  readonly directory: string;
  readonly mode: 'write' | 'read';
  readonly blobs: BlobStore;
  readonly #disk: Disk;
  readonly #lock: HeldLock | null;
  readonly #writer: JournalWriter | null;
  readonly #session = `${Date.now().toString(36)}-${randomBytes(6).toString('hex')}`;
  readonly #listeners = new Set<Listener>();
  #stopFollowing: (() => void) | null = null;
  #end: Scan['end'];
  #events: AuditEvent[];
  #state: AuditState | null;

  constructor(
    directory: string,
    journal: Pick<Scan, 'events' | 'end'>,
    lock: HeldLock | null,
    writer: JournalWriter | null,
    disk: Disk,
  ) {
    this.directory = directory;
    this.mode = writer === null ? 'read' : 'write';
    this.blobs = openBlobs(directory, disk);
    this.#disk = disk;
    this.#lock = lock;
    this.#writer = writer;
    this.#end = journal.end;
    this.#events = journal.events;
    this.#state = journal.events.length === 0 ? null : reduce(journal.events, this.#resultsOf);
  }

  get state(): AuditState {
    if (this.#state === null) throw new TypeError('the audit has no genesis yet');
    return this.#state;
  }

  get events(): readonly AuditEvent[] {
    return this.#events;
  }

  append(events: readonly NewEvent[], now: string): void {
    if (this.#writer === null) {
      throw new UserError(
        'read-only',
        'this audit was opened to be looked at',
        'open it for writing to change it',
        EXIT.usage,
      );
    }
    // The baton is elsewhere: two histories of one audit must never grow side by side.
    if (this.#state?.handedTo != null && events[0]?.type !== 'import') throw handedOver(this.#state.handedTo);
    const sealed = this.#writer.seal(events, { ts: now, session: this.#session, actor: accountName() });
    const added = sealed.entries.map(
      ({ seq, ts, session, type, data }) => ({ seq, at: ts, session, type, data }) as AuditEvent,
    );
    // Folded first: an event whose blob is missing must not get into the journal.
    const next = this.#fold(this.#state, added);
    this.#writer.write(sealed);
    this.#events = [...this.#events, ...added];
    this.#state = next;
  }

  saveSnapshot(snapshot: Snapshot): void {
    this.#lock?.assertHeld();
    saveSnapshot(this.directory, snapshot, this.blobs, this.#disk);
  }

  loadSnapshot(snapshotId: string): Snapshot {
    return loadSnapshot(this.directory, snapshotId, this.blobs, this.#disk);
  }

  latestSnapshot(environment: string): Snapshot | null {
    const known = this.state.snapshots[environment];
    return known ? this.loadSnapshot(known.snapshotId) : null;
  }

  follow(listener: Listener): () => void {
    if (this.mode === 'write') return () => {};
    this.#listeners.add(listener);
    this.#stopFollowing ??= followJournal(this.directory, this.#end, this.#disk, {
      onMore: (events) => this.#take(() => [...this.#events, ...events], events),
      onRestart: (events) => this.#take(() => events, null),
      onProblem: (problem) => this.#tell(problem),
    });
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#stopFollowing?.();
      this.#stopFollowing = null;
    };
  }

  close(): void {
    this.#stopFollowing?.();
    this.#stopFollowing = null;
    this.#listeners.clear();
    this.#writer?.close();
    this.#lock?.release();
  }

  #fold(state: AuditState | null, events: readonly AuditEvent[]): AuditState | null {
    return events.reduce((folded, event) => applyEvent(folded, event, this.#resultsOf), state);
  }

  /** Takes over what the follower read: `more` on top of what is known, or everything anew. */
  #take(all: () => AuditEvent[], more: readonly AuditEvent[] | null): void {
    const events = all();
    this.#state = more === null ? reduce(events, this.#resultsOf) : this.#fold(this.#state, more);
    this.#events = events;
    this.#tell(null);
  }

  #tell(problem: UserError | null): void {
    for (const listener of [...this.#listeners]) listener(problem);
  }

  readonly #resultsOf: ResultsOf = (ref) => {
    const bytes = this.blobs.get(ref.sha256);
    const parsed = resultSetSchema.safeParse(JSON.parse(bytes.toString('utf8')), ONCE);
    if (parsed.success) return parsed.data;
    throw new UserError(
      'results-unreadable',
      `the stored results ${ref.sha256} have a shape that this version does not know`,
      'update supaready (npm install -g supaready@latest), or start a new audit',
      EXIT.unknown,
    );
  };
}
