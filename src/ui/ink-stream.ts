import { EventEmitter } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { cells } from './cells.ts';

const ESC = '\u001B[';
const ERASE_LINE = `${ESC}2K`;
const UP = `${ESC}1A`;
const LEFT = `${ESC}G`;
/** Erases the scrollback: never sent, whatever Ink thinks. */
const ERASE_SCROLLBACK = `${ESC}3J`;

/** Rows a frame takes once the terminal has broken its lines at `columns` cells. */
export function rowsAt(frame: string, columns: number): number {
  const lines = stripVTControlCharacters(frame).split('\n');
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(cells(line.trimEnd()) / Math.max(1, columns))), 0);
}

/** Erases `count` lines upwards from the cursor's, leaving it at the start of the topmost. */
function eraseUp(count: number): string {
  return ERASE_LINE + (UP + ERASE_LINE).repeat(Math.max(0, count - 1)) + LEFT;
}

/** Length of the erasing sequence a frame starts with: Ink's, which counts the lines it wrote, not those it takes now. */
function eraseLength(data: string): number {
  let at = 0;
  for (;;) {
    const part = [ERASE_LINE, UP, LEFT].find((one) => data.startsWith(one, at));
    if (part === undefined) return at;
    at += part.length;
  }
}

/**
 * The terminal as Ink sees it: endlessly tall, so that Ink never falls back to wiping screen and scrollback (it does when a
 * frame reaches the bottom; our screens keep to rows − 1 themselves), and silent about resizes, which are drawn from our own
 * state. After a resize the next frame first erases the old one as the terminal has reflowed it.
 */
export class InkStream extends EventEmitter {
  readonly isTTY = true;
  readonly rows = Number.MAX_SAFE_INTEGER;
  readonly #out: NodeJS.WriteStream;
  #frame = '';
  #reflowed = false;

  constructor(out: NodeJS.WriteStream) {
    super();
    this.#out = out;
  }

  get columns(): number {
    return this.#out.columns || 80;
  }
  get writable(): boolean {
    return this.#out.writable;
  }
  get writableLength(): number {
    return this.#out.writableLength;
  }

  /** The terminal has another size now: the frame on it may take another number of rows. */
  reflow(): void {
    this.#reflowed = true;
  }

  write(data: string, done?: () => void): boolean {
    let text = data.replaceAll(ERASE_SCROLLBACK, '');
    if (text.includes('\n')) {
      const erased = eraseLength(text);
      const frame = text.slice(erased);
      if (this.#reflowed && erased > 0) text = eraseUp(rowsAt(this.#frame, this.columns)) + frame;
      this.#reflowed = false;
      this.#frame = frame;
    }
    return this.#out.write(text, () => done?.());
  }
}
