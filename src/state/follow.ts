import { join } from 'node:path';
import type { UserError } from '../core/errors.ts';
import type { AuditEvent } from '../core/events.ts';
import { type Disk, diskError } from './disk.ts';
import { JOURNAL_FILE, readFrom, readJournal } from './journal-read.ts';
import { type Position, scanJournal } from './journal-scan.ts';

const INTERVAL_MS = 250;

export interface FollowHandlers {
  /** Entries after those known. */
  onMore(events: AuditEvent[]): void;
  /** The whole journal: its writer has taken back something that was read before it was confirmed. */
  onRestart(events: AuditEvent[]): void;
  /** It can not be read on; told once for each different problem, and tried again. */
  onProblem(problem: UserError): void;
}

/**
 * Watches a journal that another process writes, from a position on, by its size: that works on every file system.
 * Changes nothing and does not keep the process alive. Returns what stops it.
 */
export function followJournal(folder: string, from: Position, disk: Disk, handlers: FollowHandlers): () => void {
  const path = join(folder, JOURNAL_FILE);
  let end = from;
  let size = from.offset;
  let told = '';

  function look(): void {
    const now = disk.statSync(path).size;
    if (now === size) return;
    const more = now < end.offset ? null : scanJournal(readFrom(path, end.offset, disk), end);
    if (more !== null && (more.rest === null || more.rest.kind === 'torn')) {
      end = more.end;
      if (more.events.length > 0) handlers.onMore(more.events);
    } else {
      const whole = readJournal(folder, disk);
      end = whole.end;
      handlers.onRestart(whole.events);
    }
    size = now;
    told = '';
  }

  const timer = setInterval(() => {
    try {
      look();
    } catch (error) {
      const problem = diskError(error, 'the audit cannot be followed', folder);
      if (problem.message === told) return;
      told = problem.message;
      handlers.onProblem(problem);
    }
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
