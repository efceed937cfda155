import { graphemes } from '../cells.ts';
import type { KeyEvent } from '../input.ts';

/** A question of a form. A choice has no default: it is made by its own key, never by Enter. */
export type Field =
  | {
      kind: 'text';
      id: string;
      label: string;
      hint?: string;
      initial?: string;
      /** Says what is wrong with a value, given the others, or null. */
      validate?(value: string, values: Readonly<Record<string, string>>): string | null;
    }
  | {
      kind: 'choice';
      id: string;
      label: string;
      hint?: string;
      /** What is known of it, shown while it is at hand. */
      lines?: readonly string[];
      choices: readonly { key: string; value: string; label: string }[];
    };

export interface FormState {
  values: Readonly<Record<string, string>>;
  /** Index of the field at hand; fields.length is the confirmation. */
  at: number;
  /** Caret in the text field at hand, in graphemes. */
  caret: number;
  error: string | null;
}

export type FormOutcome = { kind: 'editing' } | { kind: 'cancelled' } | { kind: 'submitted' };

export function startForm(fields: readonly Field[]): FormState {
  const values: Record<string, string> = {};
  for (const field of fields) values[field.id] = field.kind === 'text' ? (field.initial ?? '') : '';
  const first = fields[0];
  return { values, at: 0, caret: first ? graphemes(values[first.id] ?? '').length : 0, error: null };
}

function goTo(state: FormState, fields: readonly Field[], at: number): FormState {
  const field = fields[at];
  return { ...state, at, error: null, caret: field ? graphemes(state.values[field.id] ?? '').length : 0 };
}

function problemOf(field: Field, values: FormState['values']): string | null {
  const value = values[field.id] ?? '';
  if (field.kind === 'text') return field.validate?.(value, values) ?? null;
  return value === '' ? `choose ${field.choices.map((one) => one.key).join(', ')}` : null;
}

function edit(
  state: FormState,
  field: Field,
  change: (text: string[], caret: number) => [string[], number],
): FormState {
  const [text, caret] = change(graphemes(state.values[field.id] ?? ''), state.caret);
  return { ...state, values: { ...state.values, [field.id]: text.join('') }, caret, error: null };
}

function wordStart(text: readonly string[], caret: number): number {
  let at = caret;
  while (at > 0 && text[at - 1] === ' ') at--;
  while (at > 0 && text[at - 1] !== ' ') at--;
  return at;
}

function editText(state: FormState, field: Field, event: KeyEvent): FormState | null {
  const length = graphemes(state.values[field.id] ?? '').length;
  const remove = (from: number, to: number) =>
    edit(state, field, (text) => [[...text.slice(0, from), ...text.slice(to)], from]);
  switch (event.key) {
    case 'left':
    case 'ctrl-b':
      return { ...state, caret: Math.max(0, state.caret - 1) };
    case 'right':
    case 'ctrl-f':
      return { ...state, caret: Math.min(length, state.caret + 1) };
    case 'home':
    case 'ctrl-a':
      return { ...state, caret: 0 };
    case 'end':
    case 'ctrl-e':
      return { ...state, caret: length };
    case 'backspace':
    case 'ctrl-h':
      return state.caret === 0 ? state : remove(state.caret - 1, state.caret);
    case 'ctrl-d':
      return remove(state.caret, Math.min(length, state.caret + 1));
    case 'ctrl-u':
      return remove(0, state.caret);
    case 'ctrl-k':
      return remove(state.caret, length);
    case 'ctrl-w':
      return remove(wordStart(graphemes(state.values[field.id] ?? ''), state.caret), state.caret);
    default: {
      if (event.text === null) return null;
      const typed = graphemes(event.text.replace(/\r\n?|\n|\t/g, ' '));
      return edit(state, field, (text, caret) => [
        [...text.slice(0, caret), ...typed, ...text.slice(caret)],
        caret + typed.length,
      ]);
    }
  }
}

function advance(state: FormState, fields: readonly Field[]): FormState {
  const field = fields[state.at];
  if (!field) return state;
  const problem = problemOf(field, state.values);
  return problem === null ? goTo(state, fields, state.at + 1) : { ...state, error: problem };
}

/** One key press in a form. Only `y` on the confirmation submits, and only when every field is in order. */
export function formKey(
  state: FormState,
  fields: readonly Field[],
  event: KeyEvent,
): { state: FormState; outcome: FormOutcome } {
  const editing = (next: FormState) => ({ state: next, outcome: { kind: 'editing' } as const });
  const field = fields[state.at];
  if (event.key === 'escape') return { state, outcome: { kind: 'cancelled' } };
  if (event.key === 'shift-tab' || event.key === 'up') return editing(goTo(state, fields, Math.max(0, state.at - 1)));
  if (!field) {
    if (event.key !== 'y') return editing(state);
    const wrong = fields.findIndex((one) => problemOf(one, state.values) !== null);
    const broken = fields[wrong];
    if (!broken) return { state, outcome: { kind: 'submitted' } };
    return editing({ ...goTo(state, fields, wrong), error: problemOf(broken, state.values) });
  }
  if (event.key === 'enter' || event.key === 'tab' || event.key === 'down') return editing(advance(state, fields));
  if (field.kind === 'choice') {
    const chosen = field.choices.find((one) => one.key === event.key);
    if (!chosen) return editing({ ...state, error: problemOf(field, state.values) });
    return editing(goTo({ ...state, values: { ...state.values, [field.id]: chosen.value } }, fields, state.at + 1));
  }
  return editing(editText(state, field, event) ?? state);
}
