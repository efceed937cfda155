import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentRef } from '../core/check.ts';
import { EXIT, UserError } from '../core/errors.ts';
import type { AuditEvent, EventData, NewEvent } from '../core/events.ts';
import type { Snapshot } from '../core/facts.ts';
import type { AuditState } from '../core/state.ts';
import type { BlobStore } from './blobs.ts';
import {
  type Disk,
  diskError,
  makeFolder,
  nodeDisk,
  PRIVATE_FOLDER,
  sweepTemporary,
  syncFolder,
  writeFileDurably,
} from './disk.ts';
import { createJournal, cutTornTail, JournalWriter } from './journal.ts';
import { JOURNAL_FILE, outlineJournal, readJournal } from './journal-read.ts';
import { START } from './journal-scan.ts';
import { handedOver, JournalStore } from './journal-store.ts';
import { acquireLock, type HeldLock, type LockInfo, lockHolder } from './lock.ts';
import { reduce } from './reducer.ts';
import { SNAPSHOTS_FOLDER } from './snapshots.ts';

/** What the caller says about a new audit; id and nonce are drawn here. */
export type NewAudit = Omit<EventData<'genesis'>, 'auditId' | 'nonce'>;

export interface StoreOptions {
  /** What this process is about to do, for whoever finds the audit locked: `wizard`, `check`, `attest` … */
  operation?: string;
  /** ISO 8601 UTC, for entries that the store itself writes. */
  now?: string;
  disk?: Disk;
}

/** An audit folder: its journal folded into a state, its blobs and snapshots. */
export interface AuditStore {
  readonly directory: string;
  readonly mode: 'write' | 'read';
  /** Replaced, never mutated. */
  readonly state: AuditState;
  readonly events: readonly AuditEvent[];
  readonly blobs: BlobStore;
  /**
   * Adds events; when it returns they are synced to disk and in `state`. When it throws (UserError: `disk-full`,
   * `disk-error`, `state-read-only`, `lock-lost`, `journal-changed` exit 3; `entry-too-large`, `audit-handed-over` exit 2) nothing has changed.
   */
  append(events: readonly NewEvent[], now: string): void;
  saveSnapshot(snapshot: Snapshot): void;
  loadSnapshot(snapshotId: string): Snapshot;
  /** The latest snapshot of an environment that the journal knows, or null. */
  latestSnapshot(environment: string): Snapshot | null;
  /**
   * Read mode: watches the journal that another terminal writes. The listener is called after `state` has changed, or with
   * a problem when the journal cannot be followed any further. Does not keep the process alive. Returns the unsubscriber.
   */
  follow(listener: (problem: UserError | null) => void): () => void;
  close(): void;
}

export const STATE_FOLDER = '.supaready';

/** Folder that holds the audits of a project. */
export function auditsFolder(root: string): string {
  return join(root, STATE_FOLDER, 'audits');
}

/** Sortable by time and unique without asking anybody: `20261124T062240Z-4f9c2a`. */
function newAuditId(now: string): string {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${stamp}-${randomBytes(3).toString('hex')}`;
}

/** Makes the folder of an audit that is new here, and those above it. Rejects what is there already. */
export function makeAuditFolder(root: string, directory: string, disk: Disk): void {
  const state = join(root, STATE_FOLDER);
  makeFolder(disk, auditsFolder(root));
  if (!disk.readdirSync(state).includes('.gitignore')) {
    writeFileDurably(disk, join(state, '.gitignore'), Buffer.from('*\n'));
  }
  disk.mkdirSync(directory, { mode: PRIVATE_FOLDER });
}

/**
 * Starts an audit in `<root>/.supaready/audits/<auditId>/` (folders 0700, files 0600, ignored by git), locked by this process.
 * Throws UserError exit 3 (`state-read-only`, `disk-full`, `disk-error`); then no half-made folder stays behind.
 */
export function createAudit(root: string, genesis: NewAudit, options: StoreOptions = {}): AuditStore {
  const disk = options.disk ?? nodeDisk;
  const now = options.now ?? new Date().toISOString();
  const auditId = newAuditId(now);
  const directory = join(auditsFolder(root), auditId);
  let lock: HeldLock | null = null;
  let made = false;
  try {
    makeAuditFolder(root, directory, disk);
    made = true;
    syncFolder(disk, auditsFolder(root));
    lock = acquireLock(directory, options.operation ?? 'audit', disk);
    createJournal(directory, disk);
    const writer = new JournalWriter(directory, START, lock.assertHeld, disk);
    const store = new JournalStore(directory, { events: [], end: START }, lock, writer, disk);
    store.append([{ type: 'genesis', data: { ...genesis, auditId, nonce: randomBytes(16).toString('hex') } }], now);
    return store;
  } catch (error) {
    lock?.release();
    // Only what was made here: a folder that was there before is somebody's audit.
    if (made) fs.rmSync(directory, { recursive: true, force: true });
    throw error instanceof Error && 'code' in error
      ? diskError(error, 'the audit could not be created', directory)
      : error;
  }
}

/**
 * Opens an audit folder and folds its journal. `write` takes the lock, sets a torn last line aside and journals that;
 * `read` changes nothing and can `follow`. Throws UserError: `audit-not-found`, `audit-locked`, `audit-handed-over` (exit 2); those of
 * readJournal, `blob-missing`, `blob-corrupt`, `state-read-only`, `disk-full` (exit 3).
 */
export function openAudit(directory: string, options: StoreOptions & { mode: 'write' | 'read' }): AuditStore {
  const disk = options.disk ?? nodeDisk;
  if (!fs.existsSync(join(directory, JOURNAL_FILE))) {
    throw new UserError(
      'audit-not-found',
      `there is no audit in ${directory}`,
      'check the path; without one, supaready starts a new audit',
      EXIT.usage,
    );
  }
  if (options.mode === 'read') return new JournalStore(directory, readJournal(directory, disk), null, null, disk);
  const lock = acquireLock(directory, options.operation ?? 'audit', disk);
  try {
    for (const folder of [SNAPSHOTS_FOLDER, join('blobs', 'sha256'), 'torn'])
      sweepTemporary(disk, join(directory, folder));
    const scan = readJournal(directory, disk);
    const { end, rest } = scan;
    const { handedTo } = reduce(scan.events, () => []);
    if (handedTo !== null) throw handedOver(handedTo);
    const recovered = rest?.kind === 'torn' ? cutTornTail(directory, rest.bytes, end, disk) : null;
    const store = new JournalStore(
      directory,
      scan,
      lock,
      new JournalWriter(directory, end, lock.assertHeld, disk),
      disk,
    );
    if (recovered) store.append([{ type: 'recover', data: recovered }], options.now ?? new Date().toISOString());
    return store;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** One line of the list of audits. */
export interface AuditSummary {
  id: string;
  directory: string;
  project: string;
  environments: readonly EnvironmentRef[];
  startedAt: string;
  lastEventAt: string;
  /** Who has it open for writing, or null. */
  locked: LockInfo | null;
}

/**
 * The audits of a project, last touched first. Reads only where each begins and ends, so that it is quick; damage is found
 * on opening. A folder without a finished first entry is no audit and is left out.
 */
export function listAudits(root: string, disk: Disk = nodeDisk): AuditSummary[] {
  let names: string[];
  try {
    names = disk.readdirSync(auditsFolder(root));
  } catch {
    return [];
  }
  const audits: AuditSummary[] = [];
  for (const id of names) {
    const directory = join(auditsFolder(root), id);
    const outline = outlineJournal(directory, disk);
    if (!outline) continue;
    const { project, environments } = outline.genesis;
    const { startedAt, lastEventAt } = outline;
    audits.push({ id, directory, project, environments, startedAt, lastEventAt, locked: lockHolder(directory, disk) });
  }
  return audits.sort((a, b) =>
    a.lastEventAt < b.lastEventAt ? 1 : a.lastEventAt > b.lastEventAt ? -1 : a.id < b.id ? 1 : -1,
  );
}
