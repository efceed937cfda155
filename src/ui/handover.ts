import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Hands the terminal from a prompt to Ink or from Ink to a prompt. Measured with Ink 6.8: without it, Ink after a prompt
 * exits at once (its screen is skipped), and a prompt after Ink dies, because each side unrefs stdin when it leaves.
 * Call it at every switch. Keys typed during the switch are dropped.
 */
export async function handOver(stdin: NodeJS.ReadStream = process.stdin): Promise<void> {
  await nextTurn();
  stdin.ref();
  while (stdin.readableLength > 0 && stdin.read() !== null);
}
