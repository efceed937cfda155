import type { AuditEvent } from '../core/events.ts';
import { decodeLine, type JournalEntry, NO_HASH } from './entry.ts';

/** A place between two entries: everything before it is valid. */
export interface Position {
  /** Bytes up to here. */
  offset: number;
  /** Number of the last entry before it; 0 at the start. */
  seq: number;
  /** Its hash. */
  hash: string;
}
export const START: Position = { offset: 0, seq: 0, hash: NO_HASH };

/** What follows the valid entries: nothing, a line cut off while it was written, or something that must not be there. */
export type Rest = null | { kind: 'torn'; bytes: Buffer } | { kind: 'corrupt' | 'newer'; line: number; why: string };

export interface Scan {
  entries: JournalEntry[];
  events: AuditEvent[];
  end: Position;
  rest: Rest;
}

const NEWLINE = 0x0a;

/**
 * Reads entries from `bytes`, which begin at `from`. Pure. The valid prefix is returned whatever follows it.
 * Torn is what no newline ends, or a last line with NUL bytes (blocks that a power cut left empty): never an entry that
 * was acknowledged, which the caller proves with head.json.
 */
export function scanJournal(bytes: Buffer, from: Position = START): Scan {
  const entries: JournalEntry[] = [];
  const events: AuditEvent[] = [];
  let { offset, seq, hash } = from;
  let cursor = 0;
  const scan = (rest: Rest): Scan => ({ entries, events, end: { offset, seq, hash }, rest });
  while (cursor < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, cursor);
    if (newline === -1) return scan({ kind: 'torn', bytes: bytes.subarray(cursor) });
    const line = bytes.subarray(cursor, newline);
    const decoded = decodeLine(line, seq + 1, hash);
    if (!decoded.ok) {
      const last = newline === bytes.length - 1;
      if (last && line.includes(0)) return scan({ kind: 'torn', bytes: bytes.subarray(cursor) });
      return scan({ kind: decoded.kind, line: seq + 1, why: decoded.why });
    }
    entries.push(decoded.entry);
    events.push(decoded.event);
    seq = decoded.entry.seq;
    hash = decoded.entry.hash;
    offset += newline + 1 - cursor;
    cursor = newline + 1;
  }
  return scan(null);
}
