import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { dirname } from 'node:path';
import { EXIT, UserError } from '../core/errors.ts';

/** The file operations that state is built on; tests hand in one that fails on purpose. */
export type Disk = Pick<
  typeof fs,
  | 'closeSync'
  | 'fdatasyncSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'linkSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readdirSync'
  | 'readFileSync'
  | 'readSync'
  | 'renameSync'
  | 'statSync'
  | 'unlinkSync'
  | 'writeSync'
>;
export const nodeDisk: Disk = fs;

export const PRIVATE_FOLDER = 0o700;
export const PRIVATE_FILE = 0o600;
/** Ending of files that are being written; what a killed process leaves of them means nothing. */
export const TEMPORARY = '.tmp';

/** The system's error code (`ENOENT`, `ENOSPC` …), or '' where there is none. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** A write that the system cut short without saying why: in practice a full disk. */
export class ShortWrite extends Error {
  readonly code = 'ENOSPC';
  constructor(written: number, wanted: number) {
    super(`only ${written} of ${wanted} bytes were written`);
  }
}

/** Turns a file error into one for the person: `disk-full`, `state-read-only` or `disk-error`, all exit 3. A UserError stays. */
export function diskError(error: unknown, doing: string, path: string): UserError {
  if (error instanceof UserError) return error;
  const code = codeOf(error);
  const fail = (id: string, why: string, next: string) =>
    new UserError(id, `${doing}: ${why} (${path})`, next, EXIT.unknown, error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return fail(
      'disk-full',
      'the disk is full',
      'free some space and do it again; everything confirmed before is safe on disk',
    );
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return fail(
      'state-read-only',
      'the folder cannot be written to',
      'make it writable for you, or look at the audit with --follow, which writes nothing',
    );
  }
  const why = code === '' ? (error as Error).message : `the system reports ${code}`;
  return fail('disk-error', why, 'check the disk and do it again; everything confirmed before is safe on disk');
}

/** Makes the names in a folder durable. Windows cannot sync a folder and does not need to. */
export function syncFolder(disk: Disk, path: string): void {
  if (process.platform === 'win32') return;
  const fd = disk.openSync(path, 'r');
  try {
    disk.fsyncSync(fd);
  } finally {
    disk.closeSync(fd);
  }
}

/** Creates folders (0700) with their parents. */
export function makeFolder(disk: Disk, path: string): void {
  disk.mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER });
}

/** Writes all bytes of a new file (0600) and syncs it. Fails when it exists, or when the system writes less. */
export function writeNewFile(disk: Disk, path: string, bytes: Uint8Array): void {
  const fd = disk.openSync(path, 'wx', PRIVATE_FILE);
  try {
    let done = 0;
    while (done < bytes.length) {
      const written = disk.writeSync(fd, bytes, done, bytes.length - done);
      if (written === 0) throw new ShortWrite(done, bytes.length);
      done += written;
    }
    disk.fsyncSync(fd);
  } finally {
    disk.closeSync(fd);
  }
}

/**
 * Writes a file so that its name never shows half of it, not even after a power cut: temporary file, fsync, rename,
 * and (unless `folderSync` is false because the caller syncs once for many) fsync of the folder.
 */
export function writeFileDurably(disk: Disk, path: string, bytes: Uint8Array, folderSync = true): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}${TEMPORARY}`;
  try {
    writeNewFile(disk, temporary, bytes);
    disk.renameSync(temporary, path);
  } catch (error) {
    removeQuietly(disk, temporary);
    throw error;
  }
  if (folderSync) syncFolder(disk, dirname(path));
}

/** Removes a file if it is there; a failure to do so is of no consequence to the caller. */
export function removeQuietly(disk: Disk, path: string): void {
  try {
    disk.unlinkSync(path);
  } catch {
    // Already gone, or left behind as a temporary file that the next writer sweeps.
  }
}

/** Removes what killed processes left half-written in a folder. Only for the holder of the lock, and not where locks are prepared. */
export function sweepTemporary(disk: Disk, folder: string): void {
  let names: string[] = [];
  try {
    names = disk.readdirSync(folder);
  } catch {
    return;
  }
  for (const name of names) if (name.endsWith(TEMPORARY)) removeQuietly(disk, `${folder}/${name}`);
}
