import { graphemes } from '../cells.ts';
import type { KeyEvent } from '../input.ts';
import { bindingOf } from '../keys.ts';
import { NO_FILTER } from '../model/checkpoint.ts';
import { formKey } from '../model/form.ts';
import type { FormPlace, Place } from '../state.ts';
import { MINIMUM } from '../state.ts';
import type { Wizard } from '../wizard.ts';
import { perform } from './actions.ts';
import { contextOf, screenOf } from './context.ts';

/** Sends a key press to what is on screen. */
export function handleKey(wizard: Wizard, event: KeyEvent): void {
  const { place } = wizard;
  const { columns, rows } = wizard.size();
  if (columns < MINIMUM.columns || rows < MINIMUM.rows) {
    if (event.key === 'q') wizard.quit();
    return;
  }
  if (place.kind === 'form') {
    handleForm(wizard, place, event);
    return;
  }
  if (screenOf(place) === 'filter') {
    handleFilter(wizard, place, event);
    return;
  }
  const context = contextOf(wizard.controller, place);
  const binding = bindingOf(context.screen, event.key);
  if (binding === null) return;
  const disabled = binding.disabledReason?.(context) ?? null;
  if (disabled !== null) {
    wizard.notify('warn', `${binding.shown} ${binding.label}: ${disabled}`);
    return;
  }
  perform(wizard, binding.id, context);
}

function handleForm(wizard: Wizard, place: FormPlace, event: KeyEvent): void {
  if (!place.armed) return;
  wizard.set({ notice: null });
  const { state, outcome } = formKey(place.form, place.fields, event);
  if (outcome.kind === 'cancelled') {
    wizard.back();
    return;
  }
  if (outcome.kind === 'editing') {
    wizard.replace({ ...place, form: state });
    return;
  }
  void wizard
    .act(async () => {
      const text = await place.submit(state.values);
      wizard.back();
      return text;
    })
    .then((done) => {
      if (done) place.after?.();
    });
}

function filterOf(place: Place): string {
  if (place.kind === 'checkpoint') return place.filter.text;
  return place.kind === 'help' ? place.filter : '';
}

function withFilter(place: Place, text: string, typing: boolean): Place {
  if (place.kind === 'checkpoint') {
    return { ...place, filter: { ...place.filter, text }, typing, cursor: null, at: 0 };
  }
  return place.kind === 'help' ? { ...place, filter: text, typing, scroll: 0 } : place;
}

function handleFilter(wizard: Wizard, place: Place, event: KeyEvent): void {
  const text = filterOf(place);
  switch (event.key) {
    case 'enter':
    case 'down':
      wizard.replace(withFilter(place, text, false));
      return;
    case 'escape':
      wizard.replace(withFilter(place, NO_FILTER.text, false));
      return;
    case 'backspace':
      wizard.replace(withFilter(place, graphemes(text).slice(0, -1).join(''), true));
      return;
    case 'ctrl-u':
      wizard.replace(withFilter(place, '', true));
      return;
    default:
      if (event.text !== null) {
        wizard.replace(withFilter(place, text + event.text.replace(/[\r\n\t]+/g, ' '), true));
      }
  }
}
