import fs from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../core/errors.ts';
import type { EventData } from '../core/events.ts';
import type { Snapshot } from '../core/facts.ts';
import { openBlobs } from './blobs.ts';
import { type Disk, diskError, makeFolder, nodeDisk, writeFileDurably } from './disk.ts';
import type { JournalEntry } from './entry.ts';
import { createJournal, JournalWriter } from './journal.ts';
import { HEAD_FILE, JOURNAL_FILE, readJournal } from './journal-read.ts';
import { type Scan, scanJournal } from './journal-scan.ts';
import { JournalStore } from './journal-store.ts';
import { acquireLock } from './lock.ts';
import { saveSnapshot } from './snapshots.ts';
import { auditsFolder, makeAuditFolder } from './store.ts';

/** An audit as a verified bundle holds it. */
export interface Arriving {
  auditId: string;
  /** Verbatim; its chain holds. */
  journal: Buffer;
  blobs: readonly Buffer[];
  snapshots: readonly Snapshot[];
  /** What is journaled of the arrival. */
  event: EventData<'import'>;
}

/**
 * Takes an audit over from somebody else (EVIDENCE.md §7): same id, its journal verbatim, then an `import` entry. Where the
 * audit is here already, it goes on from where it was: what is here must be the beginning of what arrives, but for the
 * hand-off itself. Takes the lock. Throws UserError: `import-nothing-new`, `audit-forked`, `audit-locked` (exit 2), those of
 * openAudit and of the disk (exit 3); then nothing has changed.
 */
export function takeOver(
  root: string,
  arriving: Arriving,
  options: { now?: string; disk?: Disk } = {},
): { directory: string; known: boolean; entries: number } {
  const disk = options.disk ?? nodeDisk;
  const now = options.now ?? new Date().toISOString();
  const directory = join(auditsFolder(root), arriving.auditId);
  const known = fs.existsSync(join(directory, JOURNAL_FILE));
  const scan = scanJournal(arriving.journal);
  if (!known) makeAuditFolder(root, directory, disk);
  try {
    const lock = acquireLock(directory, 'import', disk);
    try {
      const added = known ? beyond(readJournal(directory, disk), scan) : scan.entries.length;
      const blobs = openBlobs(directory, disk);
      blobs.putAll([...arriving.blobs]);
      for (const snapshot of arriving.snapshots) saveSnapshot(directory, snapshot, blobs, disk);
      if (known) replaceJournal(directory, arriving.journal, scan.end.seq, disk);
      else createJournal(directory, disk, arriving.journal);
      const writer = new JournalWriter(directory, scan.end, lock.assertHeld, disk);
      const store = new JournalStore(directory, scan, null, writer, disk);
      try {
        store.append([{ type: 'import', data: arriving.event }], now);
      } finally {
        writer.close();
      }
      return { directory, known, entries: added };
    } finally {
      lock.release();
    }
  } catch (error) {
    // Only what was made here: a folder that was there before is somebody's audit.
    if (!known) fs.rmSync(directory, { recursive: true, force: true });
    throw error instanceof Error && 'code' in error && !(error instanceof UserError)
      ? diskError(error, 'the audit could not be taken over', directory)
      : error;
  }
}

function isHandoff(entry: JournalEntry | undefined): entry is JournalEntry & { data: EventData<'handoff'> } {
  return entry?.type === 'handoff';
}

/** Number of entries that arrive beyond those that are here. Throws where the two histories part. */
function beyond(here: Scan, arriving: Scan): number {
  const last = here.entries.at(-1);
  const baton = isHandoff(last) ? last.data : null;
  const common = baton === null ? here.entries.length : here.entries.length - 1;
  const shorter = Math.min(common, arriving.entries.length);
  if (here.entries[shorter - 1]?.hash !== arriving.entries[shorter - 1]?.hash)
    throw forked(
      `entry ${1 + here.entries.findIndex(({ hash }, at) => arriving.entries[at]?.hash !== hash)} is not the same`,
    );
  const added = arriving.entries.length - common;
  if (added <= 0)
    throw new UserError(
      'import-nothing-new',
      `this audit is here already, with all ${arriving.entries.length} entries of the bundle`,
      baton === null ? 'go on with it here' : `ask ${baton.to}, who goes on with it, for the bundle they make of it`,
      EXIT.usage,
    );
  const next = arriving.entries[common];
  const cameBack = next?.type === 'import' && (next.data as EventData<'import'>).sha256 === baton?.sha256;
  if (baton !== null && !cameBack)
    throw forked(`it was handed to ${baton.to}, and the bundle does not go on from what they were given`);
  return added;
}

function forked(why: string): UserError {
  return new UserError(
    'audit-forked',
    `the audit went on here and there without one knowing of the other: ${why}`,
    'go on with one of the two; what was answered in the other is answered again',
    EXIT.usage,
  );
}

/** The old one is kept beside what was torn off earlier. The head goes first: without one the journal alone counts. */
function replaceJournal(directory: string, journal: Buffer, seq: number, disk: Disk): void {
  const path = join(directory, JOURNAL_FILE);
  const before = disk.readFileSync(path);
  makeFolder(disk, join(directory, 'torn'));
  writeFileDurably(disk, join(directory, 'torn', `before-import-${seq}`), before);
  fs.rmSync(join(directory, HEAD_FILE), { force: true });
  writeFileDurably(disk, path, journal);
}
