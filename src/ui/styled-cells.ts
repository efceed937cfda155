import { ONE_CELL_EACH } from './one-cell.ts';

/** The part of @alcalzone/ansi-tokenize that Ink draws with. */
export interface AnsiToken {
  type: 'ansi';
  code: string;
  endCode: string;
}
interface CharToken {
  type: 'char';
  value: string;
  fullWidth: boolean;
}
type Token = AnsiToken | CharToken;
interface StyledChar extends CharToken {
  styles: AnsiToken[];
}
export interface AnsiTokenize {
  tokenize(text: string): Token[];
  styledCharsFromTokens(tokens: Token[]): StyledChar[];
  styledCharsToString(chars: StyledChar[]): string;
}

/** Lines remembered at most; then the memory starts afresh. */
const LIMIT = 512;
const COLOURS = /(\u001B\[[\d;]*m)/;

function sameStyles(a: readonly AnsiToken[], b: readonly AnsiToken[]): boolean {
  return a === b || (a.length === b.length && a.every((one, index) => one.code === b[index]?.code));
}

/**
 * The same functions, quicker for lines such as ours. Ink takes every line of every frame apart into characters and puts it
 * together again, which is most of a frame's time; from one key to the next few lines differ. So a line is taken apart once,
 * plain text without a grapheme segmenter, and neighbours that look alike are put together as one.
 */
export function rememberingCells(original: AnsiTokenize): AnsiTokenize {
  const known = new Map<string, Token[]>();
  const styled = new WeakMap<Token[], StyledChar[]>();

  function tokenize(text: string): Token[] {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const tokens = text.split(COLOURS).flatMap((piece): Token[] => {
      if (!ONE_CELL_EACH.test(piece)) return original.tokenize(piece);
      return Array.from(piece, (value) => ({ type: 'char', value, fullWidth: false }));
    });
    if (known.size >= LIMIT) known.clear();
    known.set(text, tokens);
    return tokens;
  }

  function styledCharsFromTokens(tokens: Token[]): StyledChar[] {
    const remembered = styled.get(tokens);
    if (remembered !== undefined) return remembered;
    const codes: Token[] = [];
    let styles: AnsiToken[] | null = null;
    const chars: StyledChar[] = [];
    for (const token of tokens) {
      if (token.type === 'ansi') {
        codes.push(token);
        styles = null;
        continue;
      }
      styles ??= original.styledCharsFromTokens([...codes, token])[0]?.styles ?? [];
      chars.push({ type: 'char', value: token.value, fullWidth: token.fullWidth, styles });
    }
    styled.set(tokens, chars);
    return chars;
  }

  function styledCharsToString(chars: StyledChar[]): string {
    const runs: StyledChar[] = [];
    let last: StyledChar | null = null;
    for (const char of chars) {
      if (last !== null && sameStyles(last.styles, char.styles)) last.value += char.value;
      else {
        last = { ...char };
        runs.push(last);
      }
    }
    return original.styledCharsToString(runs);
  }

  return { tokenize, styledCharsFromTokens, styledCharsToString };
}
