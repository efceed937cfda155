import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { readJournal } from '../../src/state/journal-read.ts';
import { createAudit, openAudit } from '../../src/state/store.ts';
import { HARBOR, NOW, sessionEvent, snapshotFixture, temporaryFolder } from './audits.ts';
import { CALLS, type Fault, faultyDisk } from './faulty-disk.ts';

function attempt(act: () => void): UserError | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

const tools = (directory: string): string[] =>
  readJournal(directory).events.flatMap((event) => (event.type === 'session' ? [event.data.tool] : []));

const FAULTS: readonly Fault[] = ['ENOSPC', 'EIO', 'short write'];

describe('an append that the disk fails', () => {
  for (const call of CALLS) {
    for (const fault of FAULTS) {
      it(`says so, acknowledges nothing that is not on disk, and can go on (${call}, ${fault})`, () => {
        for (let nth = 1; nth <= 6; nth += 1) {
          const faulty = faultyDisk();
          const store = createAudit(temporaryFolder(), HARBOR, { now: NOW, disk: faulty.disk });
          store.append([sessionEvent('before')], NOW);
          faulty.fail(call, nth, fault);
          const error = attempt(() => store.append([sessionEvent('during-1'), sessionEvent('during-2')], NOW));
          const struck = faulty.struck();
          faulty.heal();
          if (error) {
            expect(struck).toBe(true);
            expect(error.exitCode).toBe(3);
            expect(['disk-full', 'disk-error']).toContain(error.code);
            if (fault === 'ENOSPC') expect(error.code).toBe('disk-full');
          }
          const acknowledged = error ? ['before'] : ['before', 'during-1', 'during-2'];
          // Nothing acknowledged that is not on disk, nothing on disk that was refused.
          expect(tools(store.directory)).toEqual(acknowledged);
          expect(store.state.seq).toBe(1 + acknowledged.length);
          store.append([sessionEvent('after')], NOW);
          expect(tools(store.directory)).toEqual([...acknowledged, 'after']);
          store.close();
          const again = openAudit(store.directory, { mode: 'write', now: NOW });
          expect(again.events.length).toBe(2 + acknowledged.length);
          again.close();
          fs.rmSync(store.directory, { recursive: true });
          if (!struck) break;
        }
      });
    }
  }

  it('loses nothing when even taking it back fails', () => {
    const faulty = faultyDisk();
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW, disk: faulty.disk });
    store.append([sessionEvent('before')], NOW);
    const { disk } = faulty;
    const truncate = disk.ftruncateSync;
    disk.ftruncateSync = () => {
      throw Object.assign(new Error('injected'), { code: 'EIO' });
    };
    faulty.fail('writeSync', 1, 'short write');
    expect(attempt(() => store.append([sessionEvent('during')], NOW))?.code).toBe('disk-full');
    faulty.heal();
    // Still broken: the next append cannot clean up either, and says so.
    expect(attempt(() => store.append([sessionEvent('still')], NOW))?.code).toBe('disk-error');
    disk.ftruncateSync = truncate;
    store.append([sessionEvent('after')], NOW);
    expect(tools(store.directory)).toEqual(['before', 'after']);
    store.close();
  });

  it('does not let the head lag behind twice', () => {
    const faulty = faultyDisk();
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW, disk: faulty.disk });
    faulty.fail('renameSync', 1, 'ENOSPC', true);
    expect(attempt(() => store.append([sessionEvent('one')], NOW))).toBeNull();
    expect(attempt(() => store.append([sessionEvent('two')], NOW))?.code).toBe('disk-full');
    expect(tools(store.directory)).toEqual(['one']);
    faulty.heal();
    store.append([sessionEvent('three')], NOW);
    const head = JSON.parse(fs.readFileSync(join(store.directory, 'head.json'), 'utf8'));
    expect(head.seq).toBe(3);
    store.close();
  });
});

describe('a full or read-only disk', () => {
  it('creates no audit and leaves no half of one behind', () => {
    for (const fault of ['ENOSPC', 'EROFS'] as const) {
      for (const call of ['writeSync', 'mkdirSync', 'openSync', 'linkSync'] as const) {
        for (let nth = 1; nth <= 4; nth += 1) {
          const faulty = faultyDisk();
          const root = temporaryFolder();
          faulty.fail(call, nth, fault, true);
          const error = attempt(() => createAudit(root, HARBOR, { now: NOW, disk: faulty.disk }).close());
          if (!error) continue;
          expect([error.code, error.exitCode]).toEqual([fault === 'EROFS' ? 'state-read-only' : 'disk-full', 3]);
          expect(error.next).not.toBe('');
          const audits = join(root, '.supaready', 'audits');
          expect(fs.existsSync(audits) ? fs.readdirSync(audits) : []).toEqual([]);
        }
      }
    }
  });

  it('opens no audit for writing, but lets it be looked at', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    store.close();
    const faulty = faultyDisk();
    faulty.fail('openSync', 1, 'EROFS', false);
    const error = attempt(() => openAudit(store.directory, { mode: 'write', disk: faulty.disk }).close());
    expect([error?.code, error?.exitCode]).toEqual(['state-read-only', 3]);
    expect(error?.next).toContain('--follow');
    expect(openAudit(store.directory, { mode: 'read' }).state.project).toBe('Harbor');
  });

  it('keeps no half of a snapshot', () => {
    for (const call of ['writeSync', 'fsyncSync', 'renameSync', 'openSync'] as const) {
      for (let nth = 1; nth <= 8; nth += 1) {
        const faulty = faultyDisk();
        const store = createAudit(temporaryFolder(), HARBOR, { now: NOW, disk: faulty.disk });
        const snapshot = snapshotFixture();
        faulty.fail(call, nth, 'ENOSPC', true);
        const error = attempt(() => store.saveSnapshot(snapshot));
        faulty.heal();
        if (error) expect([error.code, error.exitCode]).toEqual(['disk-full', 3]);
        store.saveSnapshot(snapshot);
        expect(store.loadSnapshot(snapshot.header.id).facts.settings).toEqual(snapshot.facts.settings);
        const names = fs.readdirSync(store.directory, { recursive: true }).map(String);
        expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
        store.close();
      }
    }
  });
});
