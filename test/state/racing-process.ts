// Waits until all racers are ready, then tries to take the lock: prints `won` or the code of the refusal. The winner keeps it
// until everybody has had their answer, then ends without releasing it, as a process that is killed does.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock } from '../../src/state/lock.ts';

const [folder = '', signals = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
while (!existsSync(`${signals}/go`)) await sleep(1);
try {
  const lock = acquireLock(folder, 'race');
  process.stdout.write('won\n');
  while (!existsSync(`${signals}/done`)) {
    lock.assertHeld();
    await sleep(5);
  }
  lock.assertHeld();
  process.stdout.write('kept\n');
} catch (error) {
  process.stdout.write(`${(error as { code?: string }).code}\n`);
}
