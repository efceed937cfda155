import { cells } from '../cells.ts';
import type { KeyContext } from '../key-rules.ts';
import { bindingsOn } from '../keys.ts';
import { type Line, type Span, span } from './line.ts';

interface Hint {
  shown: string;
  label: string;
  place: number;
}

const hintWidth = (hint: Hint) => cells(hint.shown) + 1 + cells(hint.label) + 2;

/** The key hints of a screen: what works here, most useful first, `? help` and `q` always, cut to the width with `…`. */
export function footerLine(context: KeyContext, width: number): Line {
  const hints: Hint[] = bindingsOn(context)
    .filter(({ binding, disabled }) => binding.footer !== undefined && disabled === null)
    .map(({ binding }) => ({ shown: binding.shown, label: binding.label, place: binding.footer ?? 0 }))
    .sort((a, b) => a.place - b.place);
  const fixed = hints.filter((hint) => hint.place >= 90);
  const free = hints.filter((hint) => hint.place < 90);
  let room = width - 1 - fixed.reduce((sum, hint) => sum + hintWidth(hint), 0);
  const shown: Hint[] = [];
  for (const [index, hint] of free.entries()) {
    const reserve = index < free.length - 1 ? 3 : 0;
    if (hintWidth(hint) + reserve > room) break;
    room -= hintWidth(hint);
    shown.push(hint);
  }
  const spans: Span[] = [span(' ')];
  const add = (hint: Hint) => spans.push(span(hint.shown, 'strong'), span(` ${hint.label}  `, 'muted'));
  shown.forEach(add);
  if (shown.length < free.length) spans.push(span('…  ', 'muted'));
  fixed.forEach(add);
  return spans;
}
