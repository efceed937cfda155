import { isUtf8 } from 'node:buffer';
import * as z from 'zod';
import { canonicalJson, sha256 } from '../core/canonical.ts';
import { type AuditEvent, eventDataSchema, isEventType } from '../core/events.ts';
import { ONCE } from '../core/parse-once.ts';

/** Version of the journal's format that this program writes, and the only one it reads. */
export const ENTRY_VERSION = 1;
/** `prev` of the first entry. */
export const NO_HASH = '0'.repeat(64);
/** Longest line, newline included (EVIDENCE.md §1); what is larger belongs in a blob. */
export const MAX_LINE_BYTES = 64 * 1024;
const DOMAIN = 'supaready.journal.v1\n';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const entrySchema = z.strictObject({
  v: z.literal(ENTRY_VERSION),
  seq: z.int().min(1),
  ts: z.string(),
  session: z.string(),
  actor: z.strictObject({ id: z.string(), keyId: z.string().nullable() }),
  type: z.string(),
  data: z.unknown(),
  prev: hex64,
  hash: hex64,
});
/** One line of the journal. `hash` covers everything else in it, `prev` is the hash of the line before. */
export type JournalEntry = z.infer<typeof entrySchema>;
export type EntryDraft = Omit<JournalEntry, 'v' | 'hash'>;

/** Seals a draft: its line (JCS and a newline) and its hash. */
export function sealEntry(draft: EntryDraft): { line: Buffer; hash: string } {
  const body = { v: ENTRY_VERSION, ...draft };
  const hash = sha256(DOMAIN + canonicalJson(body));
  return { line: Buffer.from(`${canonicalJson({ ...body, hash })}\n`), hash };
}

export type Decoded =
  | { ok: true; entry: JournalEntry; event: AuditEvent }
  | { ok: false; kind: 'corrupt'; why: string }
  | { ok: false; kind: 'newer'; why: string };

function corrupt(why: string): Decoded {
  return { ok: false, kind: 'corrupt', why };
}

function newer(why: string): Decoded {
  return { ok: false, kind: 'newer', why };
}

/**
 * Reads one line (without its newline) that must be entry `seq` after the entry with hash `prev`.
 * Byte-exact: a line that says the same in other bytes (spaces, doubled keys) is corrupt too.
 */
export function decodeLine(line: Uint8Array, seq: number, prev: string): Decoded {
  let text: string;
  let raw: unknown;
  try {
    if (!isUtf8(line)) return corrupt('it is not JSON');
    text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8');
    raw = JSON.parse(text);
  } catch {
    return corrupt('it is not JSON');
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return corrupt('it is not an entry');
  const version = (raw as { v?: unknown }).v;
  if (typeof version === 'number' && Number.isInteger(version) && version > ENTRY_VERSION)
    return newer(`format version ${version}`);
  const parsed = entrySchema.safeParse(raw, ONCE);
  if (!parsed.success) return corrupt('it is not an entry');
  const entry = parsed.data;
  // Of the line itself, whose keys stand in canonical order: zod puts them in another, and ordering them again takes time.
  const { hash, ...body } = raw as JournalEntry;
  if (sha256(DOMAIN + canonicalJson(body)) !== hash || canonicalJson(raw) !== text)
    return corrupt('its hash does not match its content');
  if (entry.prev !== prev) return corrupt('it does not follow the entry before it');
  if (entry.seq !== seq) return corrupt(`it says it is entry ${entry.seq}`);
  // The hash holds, so a program wrote it like this: one that knows more than this one.
  if (!isEventType(entry.type)) return newer(`an entry of type “${entry.type}”`);
  const data = eventDataSchema(entry.type).safeParse(entry.data, ONCE);
  if (!data.success) return newer(`an entry of type “${entry.type}” with content unknown to this version`);
  if ((entry.type === 'genesis') !== (seq === 1))
    return corrupt(seq === 1 ? 'it does not begin an audit' : 'it begins another audit');
  const event = { seq, at: entry.ts, session: entry.session, type: entry.type, data: data.data } as AuditEvent;
  return { ok: true, entry, event };
}
