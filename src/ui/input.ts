import { graphemes } from './cells.ts';

/** One key press, or one paste. */
export interface KeyEvent {
  /** `up`, `enter`, `ctrl-c`, `paste`, or the character itself. */
  key: string;
  /** What it would write into a text field; null for keys that write nothing. */
  text: string | null;
}

/** The part of Ink's key object that is used here. */
export interface InkKey {
  upArrow: boolean;
  downArrow: boolean;
  leftArrow: boolean;
  rightArrow: boolean;
  pageDown: boolean;
  pageUp: boolean;
  home: boolean;
  end: boolean;
  return: boolean;
  escape: boolean;
  ctrl: boolean;
  shift: boolean;
  tab: boolean;
  backspace: boolean;
  delete: boolean;
  meta: boolean;
}

const NAMED: readonly (readonly [keyof InkKey, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['backspace', 'backspace'],
  // Ink calls the byte 0x7f, which most terminals send for Backspace, "delete".
  ['delete', 'backspace'],
];

const PASTE_START = '[200~';
const PASTE_END = '[201~';

function ofCharacter(character: string): KeyEvent {
  const code = character.charCodeAt(0);
  if (character === '\r' || character === '\n') return { key: 'enter', text: null };
  if (character === '\t') return { key: 'tab', text: null };
  if (character === '\x7f' || character === '\b') return { key: 'backspace', text: null };
  if (character === '\x1b') return { key: 'escape', text: null };
  if (code < 32) return { key: `ctrl-${String.fromCharCode(code + 96)}`, text: null };
  return { key: character, text: character };
}

/**
 * Turns what Ink's useInput delivers into single key presses: several characters that arrived at once are split, bracketed
 * pastes (mode 2004) are one event whatever keys they contain. Ctrl-C always gets through.
 */
export class InputReader {
  #paste: string | null = null;

  read(input: string, key: InkKey): KeyEvent[] {
    if (key.ctrl && input === 'c') {
      this.#paste = null;
      return [{ key: 'ctrl-c', text: null }];
    }
    if (input === PASTE_START) {
      this.#paste = '';
      return [];
    }
    if (input === PASTE_END) {
      const text = this.#paste ?? '';
      this.#paste = null;
      return text === '' ? [] : [{ key: 'paste', text }];
    }
    if (this.#paste !== null) {
      this.#paste += key.return ? '\n' : key.tab ? '\t' : input;
      return [];
    }
    if (key.tab) return [{ key: key.shift ? 'shift-tab' : 'tab', text: null }];
    const named = NAMED.find(([flag]) => key[flag]);
    if (named) return [{ key: named[1], text: null }];
    if (key.ctrl) return [{ key: `ctrl-${input}`, text: null }];
    const typed = graphemes(input).map(ofCharacter);
    // Esc and a key that arrive together look like Alt and that key; nothing here is bound to Alt.
    return key.meta ? [{ key: 'escape', text: null }, ...typed] : typed;
  }
}
