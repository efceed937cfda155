/** A window over a list of rows: indexes `from` (in) to `to` (out). */
export interface Window {
  from: number;
  to: number;
}

/**
 * The part of `count` rows to draw in `height` lines: the cursor's row is in it, `lines(index)` tells how many lines a row
 * takes. Starts at `top` where that still shows the cursor, so that the picture moves as little as possible.
 */
export function windowOf(
  count: number,
  cursor: number,
  top: number,
  height: number,
  lines: (index: number) => number = () => 1,
): Window {
  if (count === 0 || height <= 0) return { from: 0, to: 0 };
  const at = Math.min(Math.max(cursor, 0), count - 1);
  const fill = (from: number): Window => {
    let used = 0;
    let to = from;
    while (to < count && used + lines(to) <= height) used += lines(to++);
    return { from, to: Math.max(to, from + 1) };
  };
  const room = (last: number): number => {
    let used = 0;
    let from = last;
    while (from >= 0 && used + lines(from) <= height) used += lines(from--);
    return Math.min(from + 1, last);
  };
  const lowest = room(count - 1);
  let from = Math.min(Math.max(top, 0), lowest);
  if (at < from) from = at;
  const shown = fill(from);
  return at < shown.to ? shown : fill(room(at));
}

/** Where the cursor goes: keys of the selectable rows in order; `delta` in rows, ±Infinity for the ends. */
export function moved(keys: readonly string[], cursor: string | null, delta: number): string | null {
  if (keys.length === 0) return null;
  const at = cursor === null ? -1 : keys.indexOf(cursor);
  const next = at === -1 ? 0 : at + delta;
  return keys[Math.min(Math.max(next, 0), keys.length - 1)] ?? null;
}
