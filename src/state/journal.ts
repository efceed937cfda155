import fs from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../core/canonical.ts';
import { EXIT, UserError } from '../core/errors.ts';
import { eventDataSchema, type NewEvent } from '../core/events.ts';
import { ONCE } from '../core/parse-once.ts';
import {
  type Disk,
  diskError,
  makeFolder,
  nodeDisk,
  PRIVATE_FILE,
  ShortWrite,
  syncFolder,
  writeFileDurably,
} from './disk.ts';
import { ENTRY_VERSION, type EntryDraft, type JournalEntry, MAX_LINE_BYTES, NO_HASH, sealEntry } from './entry.ts';
import { HEAD_FILE, JOURNAL_FILE, RESTORE, refuse } from './journal-read.ts';
import { type Position, START } from './journal-scan.ts';

const TORN_FOLDER = 'torn';

/** Sets a torn last line aside in torn/ and cuts it off. Only for the holder of the lock. */
export function cutTornTail(
  folder: string,
  bytes: Buffer,
  end: Position,
  disk: Disk = nodeDisk,
): { bytes: number; sha256: string } {
  const digest = sha256(bytes);
  const path = join(folder, JOURNAL_FILE);
  try {
    makeFolder(disk, join(folder, TORN_FOLDER));
    writeFileDurably(disk, join(folder, TORN_FOLDER, `${end.seq + 1}-${digest.slice(0, 8)}`), bytes);
    const fd = disk.openSync(path, fs.constants.O_WRONLY);
    try {
      disk.ftruncateSync(fd, end.offset);
      disk.fsyncSync(fd);
    } finally {
      disk.closeSync(fd);
    }
  } catch (error) {
    throw diskError(error, 'a half-written entry could not be set aside', path);
  }
  return { bytes: bytes.length, sha256: digest };
}

/** Creates the journal of an audit that is new here: empty, or with the entries it arrives with. */
export function createJournal(folder: string, disk: Disk = nodeDisk, entries?: Buffer): void {
  const path = join(folder, JOURNAL_FILE);
  try {
    if (entries) writeFileDurably(disk, path, entries);
    else disk.closeSync(disk.openSync(path, 'wx', PRIVATE_FILE));
    syncFolder(disk, folder);
  } catch (error) {
    throw diskError(error, 'the audit could not be created', path);
  }
}

export interface Sealed {
  entries: JournalEntry[];
  lines: Buffer;
}

/**
 * Appends to a journal. An append that returns is on disk; one that throws left nothing behind, or at worst entries that
 * nobody was told about. After a failure the file handle is given up (a failed fsync is never repeated) and the next
 * append starts with a fresh one.
 */
export class JournalWriter {
  readonly #folder: string;
  readonly #disk: Disk;
  /** Throws when the audit is not this process's any more. */
  readonly #guard: () => void;
  #fd: number | null = null;
  #end: Position;
  #headBehind = false;
  /** True from a failed write until its remains are known to be gone. */
  #unconfirmed = false;

  constructor(folder: string, end: Position = START, guard: () => void = () => {}, disk: Disk = nodeDisk) {
    this.#folder = folder;
    this.#end = end;
    this.#guard = guard;
    this.#disk = disk;
  }

  get end(): Position {
    return this.#end;
  }

  /** Validates events and seals them as the next entries, without writing. Throws UserError `entry-too-large` (exit 2). */
  seal(events: readonly NewEvent[], stamp: { ts: string; session: string; actor: string }): Sealed {
    const entries: JournalEntry[] = [];
    const lines: Buffer[] = [];
    let { seq, hash: prev } = this.#end.seq === 0 ? { seq: 0, hash: NO_HASH } : this.#end;
    for (const event of events) {
      seq += 1;
      const data: Record<string, unknown> = eventDataSchema(event.type).parse(event.data, ONCE);
      const actor = { id: authorOf(data) ?? stamp.actor, keyId: null };
      const draft: EntryDraft = { seq, ts: stamp.ts, session: stamp.session, actor, type: event.type, data, prev };
      const { line, hash } = sealEntry(draft);
      if (line.length > MAX_LINE_BYTES) {
        throw new UserError(
          'entry-too-large',
          `the ${event.type} entry would have ${line.length} bytes; an entry may have ${MAX_LINE_BYTES}`,
          'shorten the text, or attach it as a file',
          EXIT.usage,
        );
      }
      entries.push({ v: ENTRY_VERSION, ...draft, hash });
      lines.push(line);
      prev = hash;
    }
    return { entries, lines: Buffer.concat(lines) };
  }

  /** Writes sealed entries; synced to disk when it returns. Throws UserError exit 3. */
  write(sealed: Sealed): void {
    const last = sealed.entries.at(-1);
    if (!last) return;
    const path = join(this.#folder, JOURNAL_FILE);
    let begun = false;
    try {
      this.#guard();
      if (this.#headBehind) this.#writeHead();
      const fd = this.#open(path);
      const { size, nlink } = this.#disk.fstatSync(fd);
      if (nlink === 0) throw refuse('journal-missing', `${path} has been removed`, RESTORE);
      if (size !== this.#end.offset) {
        throw refuse(
          'journal-changed',
          `${path} has ${size} bytes where ${this.#end.offset} were expected: another program wrote to it`,
          'start supaready again; it reads and verifies what is there now',
        );
      }
      begun = true;
      const written = this.#disk.writeSync(fd, sealed.lines, 0, sealed.lines.length);
      if (written !== sealed.lines.length) throw new ShortWrite(written, sealed.lines.length);
      this.#disk.fdatasyncSync(fd);
    } catch (error) {
      this.#giveUp(begun);
      throw diskError(error, 'nothing was saved', path);
    }
    this.#end = { offset: this.#end.offset + sealed.lines.length, seq: last.seq, hash: last.hash };
    try {
      this.#writeHead();
      this.#headBehind = false;
    } catch {
      // The entry itself is safe. The head may lag behind, but not twice: the next append begins with it.
      this.#headBehind = true;
    }
  }

  close(): void {
    this.#giveUp(false);
  }

  #writeHead(): void {
    const { seq, hash, offset } = this.#end;
    writeFileDurably(
      this.#disk,
      join(this.#folder, HEAD_FILE),
      Buffer.from(`${JSON.stringify({ seq, hash, bytes: offset })}\n`),
    );
  }

  /** The open handle, or a fresh one after a failure: then whatever the failed append left behind is cut off first. */
  #open(path: string): number {
    if (this.#fd !== null) return this.#fd;
    const fd = this.#disk.openSync(path, fs.constants.O_WRONLY | fs.constants.O_APPEND);
    this.#fd = fd;
    if (this.#unconfirmed && this.#disk.fstatSync(fd).size > this.#end.offset) {
      this.#disk.ftruncateSync(fd, this.#end.offset);
      this.#disk.fdatasyncSync(fd);
    }
    this.#unconfirmed = false;
    return fd;
  }

  #giveUp(takeBack: boolean): void {
    const fd = this.#fd;
    this.#fd = null;
    if (fd === null) return;
    if (takeBack) {
      this.#unconfirmed = true;
      try {
        this.#disk.ftruncateSync(fd, this.#end.offset);
      } catch {
        // The next append, or the recovery of a torn tail, does it.
      }
    }
    try {
      this.#disk.closeSync(fd);
    } catch {
      // Nothing is lost with a handle that will not be used again.
    }
  }
}

/** Whoever the act itself names: their e-mail address, else their name. */
function authorOf(data: Record<string, unknown>): string | null {
  const by = data.by as { name: string; email: string | null } | undefined;
  return by ? (by.email ?? by.name) : null;
}
