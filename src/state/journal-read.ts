import { join } from 'node:path';
import * as z from 'zod';
import { EXIT, UserError } from '../core/errors.ts';
import type { EventData } from '../core/events.ts';
import { ONCE } from '../core/parse-once.ts';
import { codeOf, type Disk, diskError, nodeDisk } from './disk.ts';
import { decodeLine, ENTRY_VERSION, MAX_LINE_BYTES, NO_HASH } from './entry.ts';
import { type Scan, scanJournal } from './journal-scan.ts';

export const JOURNAL_FILE = 'journal.jsonl';
export const HEAD_FILE = 'head.json';
const headSchema = z.strictObject({ seq: z.int().min(1), hash: z.string(), bytes: z.int().min(1) });

/** A refusal to go on with a journal: exit 3. */
export function refuse(code: string, message: string, next: string, cause?: unknown): UserError {
  return new UserError(code, message, next, EXIT.unknown, cause);
}

/** The next step when a journal is damaged. */
export const RESTORE = 'restore the audit folder from a backup, or start a new audit; nothing was changed';

/** The next step when the damage can be cut off. */
function repairable(last: number): string {
  if (last === 0) return RESTORE;
  return `restore the audit folder from a backup; or go on from what is intact: supaready journal repair --truncate-at ${last}`;
}

/** Where the journal ended when it was last written to; null when there is no head.json. Throws UserError exit 3. */
export function readHead(folder: string, disk: Disk): z.infer<typeof headSchema> | null {
  const path = join(folder, HEAD_FILE);
  let text: string;
  try {
    text = disk.readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw diskError(error, 'the audit cannot be read', path);
  }
  try {
    return headSchema.parse(JSON.parse(text), ONCE);
  } catch (error) {
    throw refuse('journal-corrupt', `${path} does not say where the journal ends`, RESTORE, error);
  }
}

/**
 * Reads and verifies a journal: every hash, and that it reaches as far as head.json says it once did. Changes nothing.
 * A torn last line is left out and returned in `rest`. Throws UserError exit 3: `journal-corrupt` (names the line),
 * `journal-newer` (names the version), `journal-truncated`, `journal-missing`, `disk-error`.
 */
export function readJournal(folder: string, disk: Disk = nodeDisk): Scan {
  const path = join(folder, JOURNAL_FILE);
  // Before the journal: a writer may be adding entries meanwhile, and then the head read here is merely behind.
  const head = readHead(folder, disk);
  let bytes: Buffer;
  try {
    bytes = disk.readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw refuse('journal-missing', `${path} does not exist`, RESTORE);
    throw diskError(error, 'the audit cannot be read', path);
  }
  const scan = scanJournal(bytes);
  const { rest, end, entries } = scan;
  if (rest?.kind === 'newer') {
    throw refuse(
      'journal-newer',
      `${path} line ${rest.line} was written by a newer supaready (${rest.why}; this one knows version ${ENTRY_VERSION})`,
      'update supaready (npm install -g supaready@latest); nothing was changed',
    );
  }
  if (rest?.kind === 'corrupt') {
    throw refuse(
      'journal-corrupt',
      `${path} line ${rest.line} is damaged or was altered: ${rest.why}. The ${end.seq} entries before it are intact`,
      repairable(end.seq),
    );
  }
  if (head !== null && head.seq > end.seq) {
    throw refuse(
      'journal-truncated',
      `${path} ends with entry ${end.seq}, but entry ${head.seq} had been saved`,
      repairable(end.seq),
    );
  }
  if (head !== null && entries[head.seq - 1]?.hash !== head.hash) {
    throw refuse('journal-corrupt', `${path} line ${head.seq} is not the entry that had been saved there`, RESTORE);
  }
  if (entries.length === 0)
    throw refuse('journal-empty', `${path} holds no finished entry`, 'remove this folder and start a new audit');
  return scan;
}

/** The bytes of a file from an offset on. */
export function readFrom(path: string, offset: number, disk: Disk = nodeDisk): Buffer {
  const fd = disk.openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, disk.fstatSync(fd).size - offset));
    let done = 0;
    while (done < bytes.length) {
      const read = disk.readSync(fd, bytes, done, bytes.length - done, offset + done);
      if (read === 0) break;
      done += read;
    }
    return bytes.subarray(0, done);
  } finally {
    disk.closeSync(fd);
  }
}

export interface Outline {
  genesis: EventData<'genesis'>;
  startedAt: string;
  lastEventAt: string;
}

/** What a journal is about and when it was last written to, from its two ends only; null when it has no genesis. */
export function outlineJournal(folder: string, disk: Disk = nodeDisk): Outline | null {
  try {
    const path = join(folder, JOURNAL_FILE);
    const { size } = disk.statSync(path);
    const start = size <= 2 * MAX_LINE_BYTES ? 0 : size - 2 * MAX_LINE_BYTES;
    const tail = readFrom(path, start, disk).toString('utf8').split('\n');
    const first = start === 0 ? tail[0] : firstLine(path, disk);
    const decoded = decodeLine(Buffer.from(first ?? ''), 1, NO_HASH);
    if (!decoded.ok || decoded.event.type !== 'genesis') return null;
    // After the last newline stands nothing, or an entry that is being written.
    const last: unknown = JSON.parse(tail.at(-2) ?? first ?? '');
    const lastEventAt = z.object({ ts: z.string() }).parse(last, ONCE).ts;
    return { genesis: decoded.event.data, startedAt: decoded.event.at, lastEventAt };
  } catch {
    return null;
  }
}

function firstLine(path: string, disk: Disk): string | undefined {
  const fd = disk.openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(MAX_LINE_BYTES);
    return bytes.toString('utf8', 0, disk.readSync(fd, bytes, 0, bytes.length, 0)).split('\n')[0];
  } finally {
    disk.closeSync(fd);
  }
}
