import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { EXIT, UserError } from '../core/errors.ts';
import { ONCE } from '../core/parse-once.ts';
import { printable } from '../core/text.ts';
import { codeOf, type Disk, diskError, nodeDisk, removeQuietly, TEMPORARY, writeNewFile } from './disk.ts';

const lockSchema = z.object({
  /** No path in it: it names a file while the lock is taken over. */
  id: z.string().regex(/^[\w.-]{1,100}$/),
  pid: z.int(),
  host: z.string(),
  /** Changes at every start of the machine; null where the system does not tell. */
  bootId: z.string().nullable(),
  /** Start of the process in the system's own unit: a number used again by another process does not fool us. */
  procStart: z.string().nullable(),
  user: z.string(),
  tool: z.string(),
  operation: z.string(),
  /** ISO 8601 UTC. */
  created: z.string(),
});
/** Who holds an audit. */
export type LockInfo = z.infer<typeof lockSchema>;

export interface HeldLock {
  info: LockInfo;
  /** Throws UserError `lock-lost` (exit 3) when somebody has taken the audit over. */
  assertHeld(): void;
  release(): void;
}

const LOCK = 'lock';
/** Attempts, 2 ms apart, while others are taking a lock over. */
const ROUNDS = 100;

function readSystem(path: string): string | null {
  try {
    return fs.readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

/** State letter and start time of a process (Linux); null elsewhere, or when it is gone. */
function processStat(pid: number): { state: string; start: string } | null {
  const stat = readSystem(`/proc/${pid}/stat`);
  // The command's name, in brackets, may hold spaces and brackets itself.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] && fields[19] ? { state: fields[0], start: fields[19] } : null;
}

/** The account's name, for people to read. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}

function describeSelf(operation: string): LockInfo {
  return {
    id: randomUUID(),
    pid: process.pid,
    host: hostname(),
    bootId: readSystem('/proc/sys/kernel/random/boot_id'),
    procStart: processStat(process.pid)?.start ?? null,
    user: accountName(),
    tool: 'supaready',
    operation,
    created: new Date().toISOString(),
  };
}

/** Stale only when it is certain: this machine, and that process is gone, was another one, or ran before the last start. */
function isStale(lock: LockInfo): boolean {
  if (lock.host !== hostname()) return false;
  const bootId = readSystem('/proc/sys/kernel/random/boot_id');
  if (lock.bootId !== null && bootId !== null && lock.bootId !== bootId) return true;
  try {
    process.kill(lock.pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return true;
  }
  const stat = processStat(lock.pid);
  if (stat === null) return false;
  return stat.state === 'Z' || stat.state === 'X' || (lock.procStart !== null && lock.procStart !== stat.start);
}

function readLock(path: string, disk: Disk): LockInfo | 'unreadable' | null {
  let text: string;
  try {
    text = disk.readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw diskError(error, 'the lock of the audit cannot be read', path);
  }
  try {
    return lockSchema.parse(JSON.parse(text), ONCE);
  } catch {
    return 'unreadable';
  }
}

/** Links a prepared file to its name: it appears with its whole content, or not at all because another was first. */
function linkOwn(prepared: string, path: string, disk: Disk): boolean {
  try {
    disk.linkSync(prepared, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Gives this process a name in the folder: by linking to it or, when a dead process has it, by taking it over. Whoever takes
 * over from holder X must first have the name `lock.break.X`, by the same rule, and then look again: so no two processes
 * act on what both saw of X, and one that dies meanwhile is itself taken over from. 'busy': try again in a moment.
 */
function takeName(
  path: string,
  prepared: string,
  folder: string,
  disk: Disk,
): 'taken' | 'busy' | LockInfo | 'unreadable' {
  if (linkOwn(prepared, path, disk)) return 'taken';
  const holder = readLock(path, disk);
  if (holder === null) return 'busy';
  if (holder === 'unreadable' || !isStale(holder)) return holder;
  return whileBreaking(holder, prepared, folder, disk, () => {
    const now = readLock(path, disk);
    if (now === null || now === 'unreadable' || now.id !== holder.id) return 'busy';
    disk.unlinkSync(path);
    return linkOwn(prepared, path, disk) ? 'taken' : 'busy';
  });
}

/** Runs `act` as the only process that takes anything away from this holder. */
function whileBreaking<T>(holder: LockInfo, prepared: string, folder: string, disk: Disk, act: () => T): T | 'busy' {
  const path = join(folder, `${LOCK}.break.${holder.id}`);
  if (takeName(path, prepared, folder, disk) !== 'taken') return 'busy';
  try {
    return act();
  } finally {
    removeQuietly(disk, path);
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
}

/** One line naming the holder, for messages and the wizard. */
export function describeHolder(lock: LockInfo): string {
  return printable(`${lock.user} on ${lock.host}, process ${lock.pid} (${lock.operation}), since ${lock.created}`);
}

function lockedError(lock: LockInfo): UserError {
  return new UserError(
    'audit-locked',
    `this audit is open in another terminal: ${describeHolder(lock)}`,
    `close it there, look on with --follow (read only), or, if that process is gone for good: supaready unlock ${lock.id}`,
    EXIT.usage,
  );
}

function unreadableError(folder: string): UserError {
  return new UserError(
    'audit-locked',
    `the lock ${join(folder, LOCK)} cannot be read`,
    'if no supaready is running, remove that file',
    EXIT.usage,
  );
}

/**
 * Takes the audit for this process. Throws UserError: `audit-locked` (exit 2, naming the holder) when another process has
 * it, `state-read-only` or `disk-full` (exit 3). There is no time-out: a laptop may sleep for days and still hold it.
 */
export function acquireLock(folder: string, operation: string, disk: Disk = nodeDisk): HeldLock {
  const info = describeSelf(operation);
  const path = join(folder, LOCK);
  const prepared = join(folder, `${LOCK}.${info.id}${TEMPORARY}`);
  try {
    writeNewFile(disk, prepared, Buffer.from(`${JSON.stringify(info)}\n`));
    for (let round = 0; round < ROUNDS; round += 1) {
      const outcome = takeName(path, prepared, folder, disk);
      if (outcome === 'taken') return held(info, folder, disk);
      if (outcome === 'unreadable') throw unreadableError(folder);
      if (outcome !== 'busy') throw lockedError(outcome);
      pause();
    }
    const holder = readLock(path, disk);
    throw holder === null || holder === 'unreadable' ? unreadableError(folder) : lockedError(holder);
  } catch (error) {
    throw diskError(error, 'the audit could not be opened for writing', folder);
  } finally {
    removeQuietly(disk, prepared);
  }
}

function held(info: LockInfo, folder: string, disk: Disk): HeldLock {
  const path = join(folder, LOCK);
  const isOurs = (): boolean => {
    const now = readLock(path, disk);
    return now !== null && now !== 'unreadable' && now.id === info.id;
  };
  return {
    info,
    assertHeld() {
      if (isOurs()) return;
      throw new UserError(
        'lock-lost',
        'this audit was unlocked or taken over by another terminal, so nothing more is written from here',
        'start supaready again to go on; everything confirmed before is safe on disk',
        EXIT.unknown,
      );
    },
    release() {
      try {
        if (isOurs()) removeQuietly(disk, path);
      } catch {
        // A lock that cannot be read any more is stale as soon as this process ends.
      }
    },
  };
}

/** Who holds an audit right now; null when nobody does (a lock left by a dead process counts as nobody). */
export function lockHolder(folder: string, disk: Disk = nodeDisk): LockInfo | null {
  const lock = readLock(join(folder, LOCK), disk);
  return lock === null || lock === 'unreadable' || isStale(lock) ? null : lock;
}

/**
 * Removes the lock with this id, for a holder on another machine that will not come back.
 * Throws UserError exit 2: `not-locked`, `wrong-lock-id` (the audit has meanwhile another holder).
 */
export function unlock(folder: string, id: string, disk: Disk = nodeDisk): LockInfo {
  const path = join(folder, LOCK);
  const info = describeSelf('unlock');
  const prepared = join(folder, `${LOCK}.${info.id}${TEMPORARY}`);
  const check = (): LockInfo => {
    const lock = readLock(path, disk);
    if (lock === null)
      throw new UserError('not-locked', 'nobody holds this audit', 'open it: there is nothing to unlock', EXIT.usage);
    if (lock === 'unreadable') throw unreadableError(folder);
    if (lock.id !== id) {
      throw new UserError(
        'wrong-lock-id',
        `the lock has another id: it is held by ${describeHolder(lock)}`,
        `if it is that one you mean: supaready unlock ${lock.id}`,
        EXIT.usage,
      );
    }
    return lock;
  };
  const found = check();
  try {
    writeNewFile(disk, prepared, Buffer.from(`${JSON.stringify(info)}\n`));
    for (let round = 0; round < ROUNDS; round += 1) {
      const removed = whileBreaking(found, prepared, folder, disk, () => {
        const lock = check();
        disk.unlinkSync(path);
        return lock;
      });
      if (removed !== 'busy') return removed;
      pause();
    }
    throw new UserError(
      'audit-locked',
      'another process is taking this audit over right now',
      'try again in a moment',
      EXIT.usage,
    );
  } catch (error) {
    throw diskError(error, 'the audit could not be unlocked', folder);
  } finally {
    removeQuietly(disk, prepared);
  }
}
