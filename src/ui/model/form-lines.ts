import { cells, graphemes } from '../cells.ts';
import type { Field, FormState } from './form.ts';
import { BLANK, type Line, paragraph, type Span, span } from './line.ts';

/** A text value with its caret, scrolled so that the caret is in view. */
function valueSpans(value: string, caret: number, width: number): Span[] {
  const parts = graphemes(value);
  let from = caret;
  let used = 1;
  while (from > 0 && used + cells(parts[from - 1] ?? '') <= width - 2) used += cells(parts[--from] ?? '');
  let to = caret;
  while (to < parts.length && used + cells(parts[to] ?? '') <= width - 1) used += cells(parts[to++] ?? '');
  const under: Span = { text: span(parts[caret] ?? ' ').text, inverse: true };
  const tail = caret < to ? parts.slice(caret + 1, to).join('') : '';
  return [span(from > 0 ? '…' : ''), span(parts.slice(from, caret).join('')), under, span(tail)];
}

function choiceSpans(field: Extract<Field, { kind: 'choice' }>, value: string): Span[] {
  return field.choices.flatMap((choice) => [
    span(choice.value === value ? ' ● ' : ' ○ ', choice.value === value ? 'accent' : undefined),
    span(`${choice.key} ${choice.label}`, choice.value === value ? 'strong' : undefined),
    span('  '),
  ]);
}

/** The form as lines; `at` is the index of the line that must stay in view. */
export function formLines(
  fields: readonly Field[],
  state: FormState,
  confirm: string,
  armed: boolean,
  width: number,
): { lines: Line[]; at: number } {
  const lines: Line[] = [];
  let at = 0;
  for (const [index, field] of fields.entries()) {
    const here = index === state.at;
    const value = state.values[field.id] ?? '';
    lines.push([
      here ? span(' ▸ ', 'accent') : span('   '),
      span(field.label, here ? 'strong' : undefined),
      span(field.hint ? `  (${field.hint})` : '', 'muted'),
    ]);
    if (field.kind === 'choice' && here)
      for (const text of field.lines ?? []) lines.push(...paragraph(text, width - 2, { indent: 5, tone: 'muted' }));
    if (field.kind === 'choice') lines.push([span('    '), ...choiceSpans(field, value)]);
    else if (here && armed) lines.push([span('     '), ...valueSpans(value, state.caret, width - 7)]);
    else if (here) lines.push([span(`     ${value}`, 'muted')]);
    else lines.push(...paragraph(value === '' ? '–' : value, width - 2, { indent: 5, tone: 'muted' }).slice(0, 2));
    if (here && state.error !== null) lines.push([span(`     ✖ ${state.error}`, 'bad')]);
    if (here) at = lines.length - 1;
  }
  if (state.at >= fields.length) {
    lines.push(BLANK, ...paragraph(confirm, width - 2, { indent: 1 }));
    lines.push([
      span(' ▸ ', 'accent'),
      span('y', 'strong'),
      span(' records it   '),
      span('Esc', 'strong'),
      span(' drops it'),
    ]);
    at = lines.length - 1;
  }
  return { lines, at };
}
