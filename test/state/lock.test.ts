import fs from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { acquireLock, type LockInfo, lockHolder, unlock } from '../../src/state/lock.ts';
import { createAudit, listAudits, openAudit } from '../../src/state/store.ts';
import { HARBOR, NOW, sessionEvent, temporaryFolder } from './audits.ts';
import { bundleScript, runScript } from './process.ts';

function refusal(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

let racer: string;
beforeAll(async () => {
  racer = await bundleScript('racing-process');
});

const RACERS = 12;
const ROUNDS = 60;

/** The lock of a process of this machine that is gone. */
function leaveDeadLock(folder: string, name = 'lock'): void {
  const info = { pid: 4_190_000, host: hostname(), bootId: null, procStart: null, user: 'x', tool: 'supaready' };
  fs.writeFileSync(join(folder, name), JSON.stringify({ id: name, ...info, operation: 'x', created: NOW }));
}

const names = (folder: string) => fs.readdirSync(folder).sort();

describe('the lock of an audit', () => {
  it('is won by exactly one of twelve processes, whether it is free or left behind by a dead one', async () => {
    const root = temporaryFolder();
    const begin = (round: number): void => {
      fs.mkdirSync(join(root, String(round)));
      if (round % 3 > 0) leaveDeadLock(join(root, String(round)));
      // A process died while it was taking over.
      if (round % 3 === 2) leaveDeadLock(join(root, String(round)), 'lock.break.lock');
      fs.writeFileSync(join(root, `${round}.go`), '');
    };
    const answers = Array.from({ length: RACERS }, (): string[] => []);
    let begun = 0;
    const racers = answers.map((_, number) =>
      runScript(racer, [root, String(ROUNDS)], (_child, text) => {
        answers[number] = text.trimEnd().split('\n');
        if (answers.every(({ length }) => length === begun + 1) && begun < ROUNDS) {
          begun += 1;
          begin(begun);
        }
      }),
    );
    begin(0);
    for (const { errors, code } of await Promise.all(racers)) expect([errors, code]).toEqual(['', 0]);
    for (let round = 0; round < ROUNDS; round += 1) {
      const round12 = answers.map((list) => list[round]).sort();
      expect(round12, `round ${round}`).toEqual([...new Array<string>(RACERS - 1).fill('audit-locked'), 'won']);
      // The winner's lock, and nothing else, is left.
      expect(names(join(root, String(round)))).toEqual(['lock']);
    }
  }, 120_000);

  it('tells the second terminal who holds it since when, and what to do', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW, operation: 'wizard' });
    const error = refusal(() => openAudit(store.directory, { mode: 'write' }));
    const holder = lockHolder(store.directory);
    expect([error.code, error.exitCode]).toEqual(['audit-locked', 2]);
    expect(error.message).toContain(`process ${process.pid}`);
    expect(error.message).toContain(hostname());
    expect(error.message).toContain('wizard');
    expect(error.message).toContain(holder?.created);
    expect(error.next).toContain('--follow');
    expect(error.next).toContain(`supaready unlock ${holder?.id}`);
    store.close();
    openAudit(store.directory, { mode: 'write' }).close();
  });

  const lockOf = (folder: string, change: Partial<LockInfo>): void => {
    const held = acquireLock(folder, 'x');
    fs.writeFileSync(join(folder, 'lock'), JSON.stringify({ ...held.info, ...change }));
  };
  const linux = process.platform === 'linux';

  it.runIf(linux)('is stale only when that is certain', () => {
    const cases: [string, Partial<LockInfo>, boolean][] = [
      ['a living process of this machine', {}, false],
      ['a process that is gone', { pid: 4_190_000 }, true],
      ['the same number, another process', { procStart: '1' }, true],
      ['before the machine started again', { bootId: 'other' }, true],
      ['another machine', { host: 'elsewhere', pid: 4_190_000 }, false],
      ['a system that tells neither start', { procStart: null, bootId: null }, false],
    ];
    for (const [what, change, stale] of cases) {
      const folder = temporaryFolder();
      lockOf(folder, change);
      if (stale) {
        expect(lockHolder(folder), what).toBeNull();
        acquireLock(folder, 'x').release();
        expect(names(folder), what).toEqual([]);
      } else {
        expect(lockHolder(folder), what).not.toBeNull();
        expect(refusal(() => acquireLock(folder, 'x')).code, what).toBe('audit-locked');
      }
    }
  });

  it('is taken over although a process died while taking it over', () => {
    const folder = temporaryFolder();
    leaveDeadLock(folder);
    leaveDeadLock(folder, 'lock.break.lock');
    const lock = acquireLock(folder, 'x');
    lock.assertHeld();
    lock.release();
    expect(names(folder)).toEqual([]);
  });

  it('is removed by its id only', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    expect(refusal(() => unlock(store.directory, 'nonsense'))).toMatchObject({ code: 'wrong-lock-id', exitCode: 2 });
    const id = lockHolder(store.directory)?.id ?? '';
    expect(unlock(store.directory, id).pid).toBe(process.pid);
    expect(refusal(() => unlock(store.directory, id))).toMatchObject({ code: 'not-locked', exitCode: 2 });
  });

  it('once lost, lets nothing more be written, also after the new holder has gone', () => {
    const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
    unlock(store.directory, lockHolder(store.directory)?.id ?? '');
    expect(refusal(() => store.append([sessionEvent()], NOW))).toMatchObject({ code: 'lock-lost', exitCode: 3 });
    const second = openAudit(store.directory, { mode: 'write' });
    second.append([sessionEvent('second')], NOW);
    expect(refusal(() => store.append([sessionEvent()], NOW)).code).toBe('lock-lost');
    store.close();
    // Closing the first does not take the lock from the second.
    second.append([sessionEvent('second')], NOW);
    second.close();
    expect(refusal(() => store.append([sessionEvent()], NOW)).exitCode).toBe(3);
    expect(openAudit(store.directory, { mode: 'read' }).state.seq).toBe(3);
  });

  it('shows in the list of audits', () => {
    const root = temporaryFolder();
    const store = createAudit(root, HARBOR, { now: NOW, operation: 'check' });
    expect(listAudits(root)[0]?.locked).toMatchObject({ pid: process.pid, operation: 'check' });
    store.close();
    expect(listAudits(root)[0]?.locked).toBeNull();
  });

  it('that cannot be read says which file to remove', () => {
    const folder = temporaryFolder();
    fs.writeFileSync(join(folder, 'lock'), '');
    const error = refusal(() => acquireLock(folder, 'x'));
    expect(error).toMatchObject({ code: 'audit-locked', exitCode: 2 });
    expect(error.message).toContain(join(folder, 'lock'));
  });
});
