import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { repairJournal } from '../../src/state/repair.ts';
import { createAudit, openAudit } from '../../src/state/store.ts';
import { acts, HARBOR, NOW, temporaryFolder } from './audits.ts';

/** A closed audit with a genesis and four acts. */
function audit(): { directory: string; journal: string; lines: string[] } {
  const root = temporaryFolder();
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const store = createAudit(root, HARBOR, { now: NOW });
  for (const index of [0, 1, 2, 4]) store.append([acts(index)], NOW);
  store.close();
  const { directory } = store;
  const journal = join(directory, 'journal.jsonl');
  return { directory, journal, lines: readFileSync(journal, 'utf8').trimEnd().split('\n') };
}
const code = (act: () => unknown): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};
const reopened = (directory: string) => {
  const store = openAudit(directory, { mode: 'read' });
  store.close();
  return store;
};

describe('an audit that was handed over', () => {
  test('takes no entry but an import, is not opened for writing, and can still be read', () => {
    const { directory, journal } = audit();
    const store = openAudit(directory, { mode: 'write' });
    const bundle = { bundle: 'b.tar', sha256: 'b'.repeat(64) };
    store.append([{ type: 'handoff', data: { to: 'Bob', ...bundle } }], NOW);
    const bytes = readFileSync(journal);
    expect(code(() => store.append([acts(5)], NOW))).toBe('audit-handed-over');
    expect(code(() => store.append([acts(5), { type: 'import', data: { ...bundle, tier: 'REPLAYED' } }], NOW))).toBe(
      'audit-handed-over',
    );
    expect(readFileSync(journal).equals(bytes)).toBe(true);
    store.close();
    expect(code(() => openAudit(directory, { mode: 'write' }))).toBe('audit-handed-over');
    // The refusal leaves no lock behind, and a torn tail alone.
    appendFileSync(journal, '{"half');
    expect(code(() => openAudit(directory, { mode: 'write' }))).toBe('audit-handed-over');
    expect(readFileSync(journal).subarray(bytes.length).toString()).toBe('{"half');
    expect(reopened(directory).state.handedTo).toBe('Bob');
    truncateSync(journal, bytes.length);
  });

  test('goes on once it has come back', () => {
    const { directory } = audit();
    const store = openAudit(directory, { mode: 'write' });
    const bundle = { bundle: 'b.tar', sha256: 'b'.repeat(64) };
    store.append([{ type: 'handoff', data: { to: 'Bob', ...bundle } }], NOW);
    store.append([{ type: 'import', data: { ...bundle, tier: 'REPLAYED' } }, acts(5)], NOW);
    expect(store.state.handedTo).toBeNull();
    store.close();
    expect(code(() => openAudit(directory, { mode: 'write' }).close())).toBeNull();
  });
});

describe('journal repair', () => {
  test('ends a damaged journal after its last intact entry, keeps what it cuts off, and records it', () => {
    const { directory, journal, lines } = audit();
    const damaged = [...lines.slice(0, 2), (lines[2] ?? '').replace('"seq":3', '"seq":9'), ...lines.slice(3)];
    writeFileSync(journal, `${damaged.join('\n')}\n`);
    expect(code(() => openAudit(directory, { mode: 'write' }))).toBe('journal-corrupt');
    for (const wrong of [1, 3, 4])
      expect(code(() => repairJournal(directory, wrong, { now: NOW }))).toBe('repair-elsewhere');
    expect(readFileSync(journal, 'utf8')).toBe(`${damaged.join('\n')}\n`);
    const cut = `${damaged.slice(2).join('\n')}\n`;
    expect(repairJournal(directory, 2, { now: NOW }).bytes).toBe(Buffer.byteLength(cut));
    const [torn = ''] = readdirSync(join(directory, 'torn'));
    expect(readFileSync(join(directory, 'torn', torn), 'utf8')).toBe(cut);
    const { events } = reopened(directory);
    expect(events.map((event) => event.type)).toEqual(['genesis', 'waive', 'recover']);
    const store = openAudit(directory, { mode: 'write' });
    store.append([acts(1)], NOW);
    store.close();
    expect(reopened(directory).state.seq).toBe(4);
  });

  test('accepts the loss of entries that are gone, and a lost head.json', () => {
    const { directory, journal, lines } = audit();
    writeFileSync(journal, `${lines.slice(0, 3).join('\n')}\n`);
    expect(code(() => openAudit(directory, { mode: 'write' }))).toBe('journal-truncated');
    expect(repairJournal(directory, 3, { now: NOW }).bytes).toBe(0);
    expect(reopened(directory).state.seq).toBe(4);
    writeFileSync(join(directory, 'head.json'), 'garbage');
    expect(code(() => openAudit(directory, { mode: 'write' }))).toBe('journal-corrupt');
    repairJournal(directory, 4, { now: NOW });
    expect(reopened(directory).state.seq).toBe(5);
  });

  test('cuts nothing that is intact, foreign or newer', () => {
    const { directory, journal, lines } = audit();
    for (const keep of [2, 5]) expect(code(() => repairJournal(directory, keep))).toBe('journal-intact');
    writeFileSync(journal, `${lines.join('\n').replaceAll('"v":1', '"v":2')}\n`);
    expect(code(() => repairJournal(directory, 5))).toBe('journal-newer');
    const other = audit();
    writeFileSync(journal, `${other.lines.slice(0, 5).join('\n')}\n{"half`);
    expect(code(() => repairJournal(directory, 5))).toBe('journal-corrupt');
    writeFileSync(journal, 'no journal\n');
    expect(code(() => repairJournal(directory, 1))).toBe('journal-corrupt');
  });
});
