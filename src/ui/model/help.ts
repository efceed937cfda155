import type { KeyContext } from '../key-rules.ts';
import { bindingsOn } from '../keys.ts';
import { column, type Line, paragraph, span } from './line.ts';

/** Every key of a screen with what it does, and why it does nothing here; narrowed to rows that contain `filter`. */
export function helpLines(context: KeyContext, filter: string, width: number): Line[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = bindingsOn(context).filter(({ binding }) => {
    const haystack = `${binding.label} ${binding.description} ${binding.keys.join(' ')}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
  if (rows.length === 0) return [[span(' no key matches', 'muted')]];
  return rows.flatMap(({ binding, disabled }): Line[] => {
    const keys = binding.keys.map((key) => (key === ' ' ? 'space' : key)).join(' ');
    const [first, ...rest] = paragraph(binding.description, width - 22, disabled === null ? {} : { tone: 'muted' });
    const head: Line = [column(`  ${keys}`, 20, disabled === null ? 'strong' : 'muted'), ...(first ?? [])];
    const more = rest.map((row): Line => [span(' '.repeat(20)), ...row]);
    const why = disabled === null ? [] : paragraph(`not here: ${disabled}`, width - 2, { indent: 20, tone: 'warn' });
    return [head, ...more, ...why];
  });
}
