import fs from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../core/errors.ts';
import type { EventData } from '../core/events.ts';
import { type Disk, diskError, nodeDisk } from './disk.ts';
import { cutTornTail, JournalWriter } from './journal.ts';
import { JOURNAL_FILE, readHead, refuse } from './journal-read.ts';
import { scanJournal } from './journal-scan.ts';
import { JournalStore } from './journal-store.ts';
import { acquireLock } from './lock.ts';

/**
 * Ends a damaged journal after its last intact entry (EVIDENCE.md §1). `keep` must be the number of that entry: a person
 * says it, having read what is lost. What followed is kept in torn/, and an entry records that it was cut off. Only damage is
 * cut, never an entry that is intact. Takes the lock.
 * Throws UserError: `journal-intact`, `repair-elsewhere` (exit 2), `journal-newer`, `journal-corrupt` (nothing to keep),
 * `audit-locked`, `disk-error` …; then nothing has changed.
 */
export function repairJournal(
  directory: string,
  keep: number,
  options: { now?: string; disk?: Disk } = {},
): EventData<'recover'> {
  const disk = options.disk ?? nodeDisk;
  const path = join(directory, JOURNAL_FILE);
  const lock = acquireLock(directory, 'journal repair', disk);
  try {
    let bytes: Buffer;
    try {
      bytes = disk.readFileSync(path);
    } catch (error) {
      throw diskError(error, 'the journal cannot be read', path);
    }
    const scan = scanJournal(bytes);
    const { end, rest, entries } = scan;
    if (rest?.kind === 'newer')
      throw refuse(
        'journal-newer',
        `${path} line ${rest.line} was written by a newer supaready`,
        'update supaready (npm install -g supaready@latest); nothing is damaged',
      );
    if (end.seq === 0)
      throw refuse('journal-corrupt', `${path} has no intact entry to keep`, 'start a new audit with --new');
    const head = savedEnd(directory, disk);
    if (head !== null && head.seq <= end.seq && entries[head.seq - 1]?.hash !== head.hash)
      throw refuse(
        'journal-corrupt',
        `${path} is another journal than the one that was saved: entry ${head.seq} is not the same`,
        'restore the audit folder from a backup, or start a new audit with --new',
      );
    if (rest === null && head !== null && head.seq <= end.seq)
      throw new UserError(
        'journal-intact',
        `${path} is intact: nothing is to be cut off`,
        'go on as usual',
        EXIT.usage,
      );
    if (keep !== end.seq)
      throw new UserError(
        'repair-elsewhere',
        `the last intact entry of ${path} is ${end.seq}, not ${keep}`,
        `to end the journal there: --truncate-at ${end.seq}`,
        EXIT.usage,
      );
    const recovered = cutTornTail(directory, bytes.subarray(end.offset), end, disk);
    // What head.json says was saved is given up with it; it is written anew with the next entry.
    fs.rmSync(join(directory, 'head.json'), { force: true });
    const store = new JournalStore(
      directory,
      scan,
      null,
      new JournalWriter(directory, end, lock.assertHeld, disk),
      disk,
    );
    store.append([{ type: 'recover', data: recovered }], options.now ?? new Date().toISOString());
    store.close();
    return recovered;
  } finally {
    lock.release();
  }
}

/** Where the journal ended when it was last written to; null when that itself cannot be read. */
function savedEnd(directory: string, disk: Disk): { seq: number; hash: string } | null {
  try {
    return readHead(directory, disk);
  } catch {
    return null;
  }
}
