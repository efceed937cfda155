import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createAudit, openAudit } from '../../src/state/store.ts';
import { HARBOR, NOW, temporaryFolder } from './audits.ts';
import { bundleScript, runScript } from './process.ts';

const ROUNDS = 100;
const LANES = 2;
/** A new audit now and then, so that reading does not become what is measured. */
const ROUNDS_PER_AUDIT = 10;

interface Tally {
  kills: number;
  acknowledged: number;
  recovered: number;
}

function newAudit(): string {
  const store = createAudit(temporaryFolder(), HARBOR, { now: NOW });
  store.close();
  return store.directory;
}

/** Kills a process that appends, at a random moment, and looks whether everything it had acknowledged is there. */
async function lane(script: string, number: number): Promise<Tally> {
  const tally: Tally = { kills: 0, acknowledged: 0, recovered: 0 };
  let directory = newAudit();
  const acknowledged = new Map<number, string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    let armed = false;
    // On a slow disk too there must be something to lose: armed by the second acknowledgement, now and then at once.
    const lines = round % 10 === 9 ? 1 : 3;
    const { output, errors, signal } = await runScript(script, [directory, `${number}.${round}`], (child, text) => {
      if (armed || text.split('\n').length <= lines) return;
      armed = true;
      void sleep(Math.random() * 40).then(() => child.kill('SIGKILL'));
    });
    expect(signal, errors).toBe('SIGKILL');
    tally.kills += 1;
    for (const line of output.split('\n').slice(0, -1)) {
      const [seq, mark] = line.split(' ');
      if (mark) acknowledged.set(Number(seq), mark);
    }
    // As the next start does it: recovers, if a line was torn.
    const store = openAudit(directory, { mode: 'write', now: NOW });
    for (const [seq, mark] of acknowledged) {
      const event = store.events[seq - 1];
      expect(
        event?.type === 'session' && event.data.tool.startsWith(mark),
        `entry ${seq} (${mark}) after ${store.events.length}`,
      ).toBe(true);
    }
    tally.recovered += store.events.filter(({ type }) => type === 'recover').length;
    store.close();
    if (round % ROUNDS_PER_AUDIT === ROUNDS_PER_AUDIT - 1) {
      tally.acknowledged += acknowledged.size;
      acknowledged.clear();
      fs.rmSync(directory, { recursive: true });
      directory = newAudit();
    }
  }
  return tally;
}

it(`${ROUNDS * LANES} times killed while it appends, a process loses nothing it had acknowledged`, async () => {
  const script = await bundleScript('killed-process');
  const tallies = await Promise.all(Array.from({ length: LANES }, (_, number) => lane(script, number)));
  const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
  expect(sum('kills')).toBe(ROUNDS * LANES);
  expect(sum('acknowledged')).toBeGreaterThan(ROUNDS * LANES);
}, 300_000);
