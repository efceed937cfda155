import { ONE_CELL_EACH } from './one-cell.ts';
import stringWidth from './width.ts';

/** Made for the first text that needs it: it takes ten milliseconds. */
let segmenter: Intl.Segmenter | null = null;

/** Width of a text in terminal cells, measured as Ink measures it. */
export function cells(text: string): number {
  return ONE_CELL_EACH.test(text) ? text.length : stringWidth(text);
}

/** User-perceived characters of a text. */
export function graphemes(text: string): string[] {
  if (ONE_CELL_EACH.test(text)) return text.split('');
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** The text, or as much of it as fits into `width` cells with `…` at its end. */
export function cut(text: string, width: number): string {
  if (width <= 0) return '';
  if (cells(text) <= width) return text;
  if (ONE_CELL_EACH.test(text)) return `${text.slice(0, width - 1)}…`;
  let used = 0;
  let kept = '';
  for (const part of graphemes(text)) {
    used += stringWidth(part);
    if (used > width - 1) break;
    kept += part;
  }
  return `${kept}…`;
}

/** Cut or filled up with spaces to exactly `width` cells. */
export function pad(text: string, width: number): string {
  const fitting = cut(text, width);
  return fitting + ' '.repeat(Math.max(0, width - cells(fitting)));
}

/** Splits one long word into pieces of at most `width` cells; a single character wider than that becomes `…`. */
function pieces(word: string, width: number): string[] {
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const whole of graphemes(word)) {
    const grapheme = cut(whole, width);
    const size = cells(grapheme);
    if (used + size > width && part !== '') {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += grapheme;
    used += size;
  }
  return part === '' ? parts : [...parts, part];
}

/** Lines of at most `width` cells, broken between words; a longer word is broken inside. Newlines are kept. */
export function wrap(text: string, width: number): string[] {
  const limit = Math.max(1, width);
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ').flatMap((one) => (cells(one) > limit ? pieces(one, limit) : [one]))) {
      if (line === '') line = word;
      else if (cells(line) + 1 + cells(word) <= limit) line += ` ${word}`;
      else {
        lines.push(line);
        line = word;
      }
    }
    lines.push(line);
  }
  return lines;
}
