import type { KeyContext } from '../key-rules.ts';
import { bindingsOn } from '../keys.ts';
import { type Line, lineWidth, paragraph, span } from './line.ts';

/** Columns of the keys, before what they do. */
const KEYS = 20;

/** Every key of a screen with what it does, and why it does nothing here; narrowed to rows that contain `filter`. */
export function helpLines(context: KeyContext, filter: string, width: number): Line[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = bindingsOn(context).filter(({ binding }) => {
    const haystack = `${binding.label} ${binding.description} ${binding.keys.join(' ')}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
  if (rows.length === 0) return [[span(' no key matches', 'muted')]];
  return rows.flatMap(({ binding, disabled }): Line[] => {
    const tone = disabled === null ? 'strong' : 'muted';
    const keys = paragraph(binding.keys.map((key) => (key === ' ' ? 'space' : key)).join(' '), KEYS - 3, { tone });
    const said = paragraph(binding.description, width - KEYS - 2, disabled === null ? {} : { tone });
    const lines = Array.from({ length: Math.max(keys.length, said.length) }, (_, at): Line => {
      const left = keys[at] ?? [];
      return [span('  '), ...left, span(' '.repeat(KEYS - 2 - lineWidth(left))), ...(said[at] ?? [])];
    });
    const why = disabled === null ? [] : paragraph(`not here: ${disabled}`, width - 2, { indent: KEYS, tone: 'warn' });
    return [...lines, ...why];
  });
}
