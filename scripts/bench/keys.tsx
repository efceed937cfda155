// Time from a key to the frame that answers it, drawn by Ink into memory: a checkpoint with 10,000 findings, in two sizes of
// terminal. Keys are pressed one at a time; each is followed by the frame it causes.
import { EventEmitter } from 'node:events';
import { mount } from '../../src/ui/ink-app.tsx';
import { InkStream } from '../../src/ui/ink-stream.ts';
import type { Size } from '../../src/ui/state.ts';
import { finding, MemoryController } from '../../test/ui/memory-controller.ts';

const FINDINGS = 10_000;
const WARM_UP = 100;
const KEYS = 600;
/** Down, mostly, as people do; a page, an end, a finding opened and left. */
const PRESSED = ['j', 'j', 'j', 'j', 'k', 'j', ' ', 'j', 'j', '\r', 'h', 'j', 'j', 'G', 'k', 'k', 'g', 'j', 'j', 'j'];

/** Keys for Ink, as a raw terminal gives them. */
class Keyboard extends EventEmitter {
  readonly isTTY = true;
  #pending: string | null = null;
  setEncoding(): void {}
  setRawMode(): void {}
  ref(): void {}
  unref(): void {}
  resume(): void {}
  pause(): void {}
  read(): string | null {
    const pending = this.#pending;
    this.#pending = null;
    return pending;
  }
  press(key: string): void {
    this.#pending = key;
    this.emit('readable');
  }
}

/** A terminal that says when a frame arrives. */
class Screen extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly writableLength = 0;
  constructor(
    readonly columns: number,
    readonly rows: number,
  ) {
    super();
  }
  write(text: string, done?: () => void): boolean {
    if (text.includes('\n')) this.emit('frame', text);
    done?.();
    return true;
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Milliseconds from each key to its frame. */
async function measure(controller: MemoryController, size: Size): Promise<number[]> {
  const screen = new Screen(size.columns, size.rows);
  const keyboard = new Keyboard();
  const frame = () => new Promise<void>((resolve) => screen.once('frame', () => resolve()));
  const mounted = mount({
    controller,
    options: {
      resumeCommand: 'supaready',
      person: { name: 'Ada', email: null, role: null },
      savePerson: () => {},
      initial: '2.2',
      openUrl: async () => {},
      copy: async () => 'printed',
    },
    stream: new InkStream(screen as unknown as NodeJS.WriteStream) as unknown as NodeJS.WriteStream,
    stdin: keyboard as unknown as NodeJS.ReadStream,
    size: () => size,
    colour: true,
    animate: false,
    exit: () => {},
  });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const took: number[] = [];
  for (let index = 0; index < WARM_UP + KEYS; index++) {
    const drawn = frame();
    const started = performance.now();
    keyboard.press(PRESSED[index % PRESSED.length] ?? 'j');
    // A key at the end of the list changes nothing and draws nothing.
    const quiet = new Promise<null>((resolve) => setTimeout(resolve, 200, null).unref());
    const ended = await Promise.race([drawn.then(() => performance.now()), quiet]);
    if (index >= WARM_UP && ended !== null) took.push(ended - started);
    // Ink draws at most so many frames a second; a person does not type that fast.
    await new Promise((resolve) => setTimeout(resolve, 12));
  }
  mounted.unmount();
  return took;
}

const findings = Array.from({ length: FINDINGS }, (_, index) =>
  finding('cascade-on-records', `a_table_with_a_name_${index}`),
);
for (const size of [
  { columns: 80, rows: 24 },
  { columns: 160, rows: 50 },
]) {
  const controller = new MemoryController({ answers: { 'cascade-on-records': { findings } } });
  await controller.run({ selectors: [] });
  const took = await measure(controller, size);
  process.stdout.write(
    `key to frame at ${size.columns}×${size.rows}, ${FINDINGS.toLocaleString('en-US')} findings: ` +
      `p50 ${percentile(took, 0.5).toFixed(1)} ms, p95 ${percentile(took, 0.95).toFixed(1)} ms (${took.length} keys)\n`,
  );
}
process.exit(0);
