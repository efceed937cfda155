import measure from 'string-width';

/** Measured texts kept at most; then the memory starts afresh. */
const LIMIT = 4_096;
const known = new Map<string, number>();

/** What we draw with that is not ASCII and takes one cell. */
const NARROW = new Set([...'·–—‘’“”…›←↑→↓⏎▸⊘✔✖'].map((char) => char.charCodeAt(0)));

/** Number of cells of plain text: ASCII, lines and blocks, our own glyphs, colours; null where more is needed than counting. */
function count(text: string): number | null {
  let cells = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x1b) {
      const end = /^\[[\d;]*m/.exec(text.slice(at + 1, at + 24))?.[0].length;
      if (end === undefined) return null;
      at += end;
    } else if ((code >= 0x20 && code <= 0x7e) || (code >= 0x2500 && code <= 0x259f) || NARROW.has(code)) cells++;
    else return null;
  }
  return cells;
}

/**
 * Width of a text in terminal cells, as Ink measures it, remembered. Ink measures every line and every distinct character of
 * every frame anew, a third of a frame's time, and its tables of emoji cost a tenth of the first frame; the build therefore gives Ink this function in place of the package, which is
 * why it is a default export.
 */
export default function stringWidth(text: string): number {
  const remembered = known.get(text);
  if (remembered !== undefined) return remembered;
  if (known.size >= LIMIT) known.clear();
  const width = count(text) ?? measure(text);
  known.set(text, width);
  return width;
}
