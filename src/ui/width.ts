import measure from 'string-width';
import { ONE_CELL_EACH } from './one-cell.ts';

/** Measured texts kept at most; then the memory starts afresh. */
const LIMIT = 4_096;
const known = new Map<string, number>();

const COLOURS = /\u001B\[[\d;]*m/g;

/** Number of cells of plain text in our colours; null where more is needed than counting. */
function count(text: string): number | null {
  const plain = text.includes('\u001B') ? text.replace(COLOURS, '') : text;
  return ONE_CELL_EACH.test(plain) ? plain.length : null;
}

/**
 * Width of a text in terminal cells, as Ink measures it, remembered. Ink measures every line and every distinct character of
 * every frame anew, a third of a frame's time; the build therefore gives Ink this function in place of the package, which is why it is a
 * default export.
 */
export default function stringWidth(text: string): number {
  const remembered = known.get(text);
  if (remembered !== undefined) return remembered;
  if (known.size >= LIMIT) known.clear();
  const width = count(text) ?? measure(text);
  known.set(text, width);
  return width;
}
