import { printable } from '../../core/text.ts';
import { cells, cut, pad, wrap } from '../cells.ts';
import type { Tone } from '../theme.ts';

/** A run of text with one tone. `text` is safe for a terminal: it went through `printable`. */
export interface Span {
  text: string;
  tone?: Tone;
  inverse?: boolean;
}
/** One row of the screen. */
export type Line = readonly Span[];

/** A span. Control characters and escape sequences in `text` become visible. */
export function span(text: string, tone?: Tone): Span {
  return tone === undefined ? { text: printable(text) } : { text: printable(text), tone };
}

export const BLANK: Line = [];

export function lineWidth(line: Line): number {
  return line.reduce((sum, part) => sum + cells(part.text), 0);
}

/** The plain text of a line: what a reader without colours sees. */
export function textOf(line: Line): string {
  return line.map((part) => part.text).join('');
}

/** The line cut to `width` cells, with `…` where something was left out. */
export function clip(line: Line, width: number): Line {
  if (lineWidth(line) <= width) return line;
  const kept: Span[] = [];
  let left = width;
  for (const [index, part] of line.entries()) {
    const size = cells(part.text);
    const more = line.slice(index + 1).some((next) => next.text !== '');
    if (size < left || (size === left && !more)) {
      kept.push(part);
      left -= size;
      continue;
    }
    kept.push({ ...part, text: size === left ? cut(`${part.text}  `, left) : cut(part.text, left) });
    break;
  }
  return kept;
}

/** `left` and, at the right edge, `right`; the left one gives way. */
export function between(left: Line, right: Line, width: number): Line {
  const end = lineWidth(right);
  if (end === 0) return clip(left, width);
  if (end + 4 > width) return clip([...left, { text: '  ' }, ...right], width);
  const start = clip(left, width - end - 1);
  return [...start, { text: ' '.repeat(width - end - lineWidth(start)) }, ...right];
}

/** A span of exactly `width` cells. */
export function column(text: string, width: number, tone?: Tone): Span {
  const clean = span(text, tone);
  return { ...clean, text: pad(clean.text, width) };
}

/** Text broken into lines of `width` cells, each after `indent` spaces; its own newlines count only with `multiline`. */
export function paragraph(
  text: string,
  width: number,
  options: { indent?: number; tone?: Tone; multiline?: boolean } = {},
): Line[] {
  const indent = options.indent ?? 0;
  const clean = printable(text, { multiline: options.multiline === true }).replaceAll('\t', '  ');
  return wrap(clean, Math.max(8, width - indent)).map((row) => [
    { text: ' '.repeat(indent) },
    options.tone === undefined ? { text: row } : { text: row, tone: options.tone },
  ]);
}

/** Spans of one logical line broken at `width` cells, continued after `indent` spaces. */
export function wrapSpans(line: Line, width: number, indent = 0): Line[] {
  if (lineWidth(line) <= width) return [line];
  const rows: Span[][] = [[]];
  let used = 0;
  for (const part of line) {
    const words = part.text.split(/(?<= )/);
    for (const word of words) {
      const size = cells(word);
      if (used + cells(word.trimEnd()) > width && used > indent) {
        rows.push([{ text: ' '.repeat(indent) }]);
        used = indent;
      }
      const fitting = wrap(word, Math.max(1, width - used));
      for (const [index, piece] of (size > width - used ? fitting : [word]).entries()) {
        if (index > 0) {
          rows.push([{ text: ' '.repeat(indent) }]);
          used = indent;
        }
        rows.at(-1)?.push({ ...part, text: piece });
        used += cells(piece);
      }
    }
  }
  return rows;
}
