// Round by round: waits for the round's folder, then tries to take its lock; prints `won` or the code of the refusal.
// Whoever won looks again when the next round begins, which is when everybody has had their answer.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock, type HeldLock } from '../../src/state/lock.ts';

const [root = '', rounds = '0'] = process.argv.slice(2);
let won: HeldLock | null = null;
for (let round = 0; round <= Number(rounds); round += 1) {
  while (!existsSync(`${root}/${round}.go`)) await sleep(1);
  won?.assertHeld();
  won = null;
  if (round === Number(rounds)) break;
  try {
    won = acquireLock(`${root}/${round}`, 'race');
    process.stdout.write('won\n');
  } catch (error) {
    process.stdout.write(`${(error as { code?: string }).code}\n`);
  }
}
