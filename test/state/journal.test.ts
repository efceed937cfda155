import fs from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { sealEntry } from '../../src/state/entry.ts';
import { readJournal } from '../../src/state/journal-read.ts';
import { scanJournal } from '../../src/state/journal-scan.ts';
import { createAudit, openAudit } from '../../src/state/store.ts';
import { acts, HARBOR, NOW, sessionEvent, temporaryFolder } from './audits.ts';

function refusal(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

/** A journal of 24 entries, as bytes, and the offset after each of them. */
let bytes: Buffer;
let ends: number[];
let folder: string;

beforeAll(() => {
  const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
  for (let index = 0; index < 23; index += 1) store.append([acts(index)], NOW);
  store.close();
  folder = store.directory;
  bytes = fs.readFileSync(join(folder, 'journal.jsonl'));
  ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([index]) => index + 1);
});

/** An audit folder with this journal and, if given, a head. */
function folderWith(journal: Buffer, head: { seq: number; hash: string } | null = null): string {
  const copy = temporaryFolder();
  fs.writeFileSync(join(copy, 'journal.jsonl'), journal);
  if (head) fs.writeFileSync(join(copy, 'head.json'), JSON.stringify({ ...head, bytes: journal.length }));
  return copy;
}

describe('a journal cut off at any byte', () => {
  it('gives exactly the entries that are whole', () => {
    expect(ends).toHaveLength(24);
    const whole = scanJournal(bytes).entries;
    for (let length = 0; length <= bytes.length; length += 1) {
      const complete = ends.filter((end) => end <= length).length;
      const { entries, end, rest } = scanJournal(bytes.subarray(0, length));
      expect(entries.length, `cut at ${length}`).toBe(complete);
      expect(end.offset).toBe(ends[complete - 1] ?? 0);
      expect(rest?.kind ?? null).toBe(length === end.offset ? null : 'torn');
    }
    expect(scanJournal(bytes).entries).toEqual(whole);
  });

  it('is recovered by its writer: the torn bytes are kept, and the recovery is journalled', () => {
    const cuts = Array.from(
      { length: 60 },
      (_, index) => (ends[0] ?? 0) + Math.floor((index * (bytes.length - (ends[0] ?? 0))) / 60),
    );
    for (const length of cuts) {
      const copy = folderWith(bytes.subarray(0, length));
      const complete = ends.filter((end) => end <= length).length;
      const torn = length - (ends[complete - 1] ?? 0);
      const store = openAudit(copy, { mode: 'write', now: NOW });
      expect(store.events.length).toBe(complete + (torn > 0 ? 1 : 0));
      if (torn > 0) {
        expect(store.events.at(-1)).toMatchObject({ type: 'recover', data: { bytes: torn } });
        const [name] = fs.readdirSync(join(copy, 'torn'));
        expect(fs.readFileSync(join(copy, 'torn', name ?? '')).equals(bytes.subarray(length - torn, length))).toBe(
          true,
        );
      }
      store.append([sessionEvent()], NOW);
      store.close();
      expect(readJournal(copy).rest).toBeNull();
      fs.rmSync(copy, { recursive: true });
    }
  });

  it('is looked at without being touched by a reader', () => {
    const copy = folderWith(bytes.subarray(0, bytes.length - 5));
    expect(openAudit(copy, { mode: 'read' }).events.length).toBe(23);
    expect(fs.statSync(join(copy, 'journal.jsonl')).size).toBe(bytes.length - 5);
  });

  it('is refused when head.json knows of more', () => {
    const last = scanJournal(bytes).entries.at(-1);
    const copy = folderWith(bytes.subarray(0, ends[20]), { seq: 24, hash: last?.hash ?? '' });
    const error = refusal(() => openAudit(copy, { mode: 'write' }));
    expect([error.code, error.exitCode]).toEqual(['journal-truncated', 3]);
    expect(error.message).toContain('entry 24');
    expect(fs.existsSync(join(copy, 'lock'))).toBe(false);
  });

  it('takes blocks that a power cut left empty for a torn line', () => {
    const end = ends[22] ?? 0;
    const copy = folderWith(Buffer.concat([bytes.subarray(0, end + 30), Buffer.alloc(100), Buffer.from('"}\n')]));
    const store = openAudit(copy, { mode: 'write', now: NOW });
    expect(store.events.at(-1)).toMatchObject({ type: 'recover', data: { bytes: 133 } });
    store.close();
  });
});

describe('an altered journal', () => {
  it('is detected at every byte', () => {
    const undetected: number[] = [];
    for (const mask of [0x01, 0x80]) {
      for (let index = 0; index < bytes.length; index += 1) {
        const altered = Buffer.from(bytes);
        altered[index] = (altered[index] ?? 0) ^ mask;
        if (scanJournal(altered).rest === null) undetected.push(index);
      }
    }
    expect(undetected).toEqual([]);
  });

  it('is refused with the line and the next step, and left as it is', () => {
    const head = scanJournal(bytes).entries.at(-1);
    for (let index = 7; index < bytes.length; index += 211) {
      const altered = Buffer.from(bytes);
      altered[index] = (altered[index] ?? 0) ^ 0x04;
      const copy = folderWith(altered, { seq: 24, hash: head?.hash ?? '' });
      const error = refusal(() => openAudit(copy, { mode: 'write' }));
      expect(error.exitCode).toBe(3);
      // The version digit itself, or the last newline, may be what was hit.
      expect(['journal-corrupt', 'journal-newer', 'journal-truncated']).toContain(error.code);
      if (error.code === 'journal-corrupt') expect(error.message).toMatch(/line \d+/);
      expect(error.next).not.toBe('');
      expect(fs.readFileSync(join(copy, 'journal.jsonl')).equals(altered)).toBe(true);
      fs.rmSync(copy, { recursive: true });
    }
  });

  it('is refused when entries are dropped, doubled, reordered or spelt otherwise', () => {
    const lines = bytes.toString('utf8').trimEnd().split('\n');
    const join = (list: readonly (string | undefined)[]) => Buffer.from(`${list.join('\n')}\n`);
    const dropped = lines.toSpliced(5, 1);
    const doubled = lines.toSpliced(5, 0, lines[5] ?? '');
    const swapped = lines.toSpliced(5, 2, lines[6] ?? '', lines[5] ?? '');
    const spaced = lines.with(5, (lines[5] ?? '').replace('{', '{ '));
    for (const altered of [dropped, doubled, swapped, spaced]) {
      expect(refusal(() => openAudit(folderWith(join(altered)), { mode: 'read' }))).toMatchObject({
        code: 'journal-corrupt',
        exitCode: 3,
      });
    }
    expect(scanJournal(join(spaced)).rest).toMatchObject({ kind: 'corrupt', line: 6 });
  });

  it('is refused when a sound entry of another journal, or of another place in it, follows', () => {
    const { end } = scanJournal(bytes);
    const next = { ts: NOW, session: 's', actor: { id: 'x', keyId: null }, type: 'session', data: sessionEvent().data };
    const rest = (seq: number, prev: string) =>
      scanJournal(Buffer.concat([bytes, sealEntry({ ...next, seq, prev }).line])).rest;
    expect(rest(25, end.hash)).toBeNull();
    expect(rest(25, 'c'.repeat(64))).toMatchObject({ kind: 'corrupt', line: 25 });
    expect(rest(26, end.hash)).toMatchObject({ kind: 'corrupt', line: 25 });
  });

  it('is refused when its past was rewritten before the head', () => {
    const copy = folderWith(bytes, { seq: 12, hash: 'b'.repeat(64) });
    expect(refusal(() => openAudit(copy, { mode: 'read' }))).toMatchObject({ code: 'journal-corrupt' });
    fs.writeFileSync(join(copy, 'head.json'), '{"seq":');
    expect(refusal(() => openAudit(copy, { mode: 'read' }))).toMatchObject({ code: 'journal-corrupt' });
  });
});

describe('a journal of a newer version', () => {
  it('is refused by version number', () => {
    const copy = folderWith(Buffer.concat([bytes, Buffer.from('{"v":2,"something":"else"}\n')]));
    for (const mode of ['read', 'write'] as const) {
      const error = refusal(() => openAudit(copy, { mode }));
      expect([error.code, error.exitCode]).toEqual(['journal-newer', 3]);
      expect(error.message).toContain('format version 2');
      expect(error.next).toContain('update supaready');
    }
  });

  it('is refused when a sound entry has a type or content that this version does not know', () => {
    const { end } = scanJournal(bytes);
    for (const { type, data } of [
      { type: 'teleport', data: {} },
      { type: 'waive', data: { id: 1 } },
    ]) {
      const { line } = sealEntry({
        seq: 25,
        ts: NOW,
        session: 's',
        actor: { id: 'x', keyId: null },
        type,
        data,
        prev: end.hash,
      });
      expect(refusal(() => openAudit(folderWith(Buffer.concat([bytes, line])), { mode: 'read' }))).toMatchObject({
        code: 'journal-newer',
      });
    }
  });
});

describe('appending', () => {
  it('refuses an entry that belongs in a blob, and goes on', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    const error = refusal(() => store.append([sessionEvent('x'.repeat(70_000))], NOW));
    expect([error.code, error.exitCode]).toEqual(['entry-too-large', 2]);
    expect(error.message).toContain('session');
    store.append([sessionEvent()], NOW);
    expect(store.state.seq).toBe(2);
    store.close();
  });

  it('refuses when another program wrote to the journal', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    const path = join(store.directory, 'journal.jsonl');
    fs.appendFileSync(path, 'hello\n');
    const size = fs.statSync(path).size;
    expect(refusal(() => store.append([sessionEvent()], NOW))).toMatchObject({ code: 'journal-changed', exitCode: 3 });
    expect(store.state.seq).toBe(1);
    expect(fs.statSync(path).size).toBe(size);
    store.close();
  });

  it('refuses when the folder has been removed meanwhile', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    store.append([sessionEvent()], NOW);
    fs.rmSync(store.directory, { recursive: true });
    expect(refusal(() => store.append([sessionEvent()], NOW)).exitCode).toBe(3);
  });

  it('writes what the format says: chained hashes over canonical JSON', () => {
    const [first, second] = scanJournal(bytes).entries;
    expect(first).toMatchObject({ v: 1, seq: 1, ts: NOW, type: 'genesis', prev: '0'.repeat(64) });
    expect(second).toMatchObject({ seq: 2, actor: { id: 'alice@example.org', keyId: null }, prev: first?.hash });
    const head = JSON.parse(fs.readFileSync(join(folder, 'head.json'), 'utf8'));
    expect(head).toEqual({ seq: 24, hash: scanJournal(bytes).end.hash, bytes: bytes.length });
  });
});
