import type { Repository } from '../files.ts';

/** One entry of Drizzle's meta/_journal.json. */
export interface JournalEntry {
  tag: string;
  /** Milliseconds; a migration is pending while this is later than the latest recorded one (drizzle-orm, pg-core/dialect). */
  when: number | null;
}

/** Drizzle's journal in its order; null when the file is none. */
export function readJournal(repository: Repository, path: string): JournalEntry[] | null {
  const text = repository.read(path)?.text;
  if (text === undefined) return null;
  try {
    const { entries } = JSON.parse(text) as { entries?: { idx?: unknown; tag?: unknown; when?: unknown }[] };
    if (!Array.isArray(entries)) return null;
    const place = (idx: unknown) => (typeof idx === 'number' ? idx : 0);
    return entries
      .toSorted((a, b) => place(a.idx) - place(b.idx))
      .flatMap(({ tag, when }) =>
        typeof tag === 'string' && tag !== '' ? [{ tag, when: typeof when === 'number' ? when : null }] : [],
      );
  } catch {
    return null;
  }
}

/** Milliseconds of the 14 digits in front of a name (UTC), as Drizzle from its version 1 on reads its folders' names. */
export function whenOfName(name: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(name);
  if (!match) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
