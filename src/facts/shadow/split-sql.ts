/** A statement as it stands in a script. */
export interface SqlPiece {
  /** Without the semicolon, comments before it kept out. */
  text: string;
  /** Line of its first character, from 1. */
  line: number;
  /** A command of psql's own (`\\connect x`), which the server does not know. */
  meta?: true;
  /** The rows after `COPY … FROM stdin;`, up to the line `\\.`, as psql sends them. */
  copyData?: string;
}

const WORD_START = /[A-Za-z_\u0080-\uffff]/;
const WORD = /[A-Za-z0-9_$\u0080-\uffff]*/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const SPACE = /\s/;

/** Index after the end of a quoted text that starts at `at`; doubled quotes and, in E'…', backslashes do not end it. */
function afterQuoted(script: string, at: number, backslashes: boolean): number {
  const quote = script[at];
  let index = at + 1;
  for (; index < script.length; index++) {
    if (backslashes && script[index] === '\\') index++;
    else if (script[index] === quote) {
      if (script[index + 1] !== quote) return index + 1;
      index++;
    }
  }
  return script.length;
}

/** Index after a block comment, which nests. */
function afterComment(script: string, at: number): number {
  let depth = 0;
  for (let index = at; index < script.length; index++) {
    if (script.startsWith('/*', index)) {
      depth++;
      index++;
    } else if (script.startsWith('*/', index)) {
      depth--;
      index++;
      if (depth === 0) return index + 1;
    }
  }
  return script.length;
}

/** The rows that follow `COPY … FROM stdin;`: from the next line to a line `\.`, or to the end; null where none follow. */
function copyRows(script: string, at: number): { data: string; end: number } | null {
  const newline = script.indexOf('\n', at);
  if (newline === -1) return null;
  const from = newline + 1;
  for (let line = from; line !== -1 && line < script.length; ) {
    const next = script.indexOf('\n', line);
    const stop = next === -1 ? script.length : next;
    if (script.startsWith('\\.', line) && script.slice(line + 2, stop).trim() === '')
      return { data: script.slice(from, line), end: stop };
    line = next === -1 ? -1 : next + 1;
  }
  return null;
}

/**
 * Cuts a script at its semicolons by PostgreSQL's lexical rules, as psql does: strings, quoted names, dollar quotes, nested
 * comments, parentheses and the BEGIN ATOMIC … END of SQL-standard function bodies do not count. It needs no memory beyond
 * the script's, so a dump of 50 MB passes, and a syntax error spoils its own statement only.
 */
export function* splitSql(script: string): Generator<SqlPiece> {
  let start = -1;
  let startLine = 1;
  let line = 1;
  let counted = 0;
  let parentheses = 0;
  // psql's rule: BEGIN opens a body only in CREATE [OR REPLACE] FUNCTION | PROCEDURE, and there CASE closes by END too.
  let words: string[] = [];
  let bodies = 0;
  // COPY … FROM stdin has its rows in the script, after the semicolon's line.
  let previous = '';
  let copiesStdin = false;

  const lineAt = (index: number): number => {
    for (let at = script.indexOf('\n', counted); at !== -1 && at < index; at = script.indexOf('\n', at + 1)) line++;
    counted = index;
    return line;
  };
  const begin = (index: number) => {
    if (start !== -1) return;
    start = index;
    startLine = lineAt(index);
  };
  const reset = () => {
    start = -1;
    parentheses = 0;
    words = [];
    bodies = 0;
    previous = '';
    copiesStdin = false;
  };

  for (let index = 0; index < script.length; ) {
    const char = script[index] as string;
    if (script.startsWith('--', index)) {
      const end = script.indexOf('\n', index);
      index = end === -1 ? script.length : end;
    } else if (script.startsWith('/*', index)) {
      index = afterComment(script, index);
    } else if (SPACE.test(char)) {
      index++;
    } else if (char === ';' && parentheses <= 0 && bodies === 0) {
      const copies = copiesStdin;
      const piece = start === -1 ? null : { text: script.slice(start, index).trimEnd(), line: startLine };
      reset();
      index++;
      const rows = copies ? copyRows(script, index) : null;
      if (rows) index = rows.end;
      if (piece) yield rows ? { ...piece, copyData: rows.data } : piece;
    } else if (char === '\\') {
      // psql ends a statement at its own command, which goes to the end of the line.
      if (start !== -1) yield { text: script.slice(start, index).trimEnd(), line: startLine };
      reset();
      const newline = script.indexOf('\n', index);
      const end = newline === -1 ? script.length : newline;
      yield { text: script.slice(index, end).trimEnd(), line: lineAt(index), meta: true };
      index = end;
    } else if (char === "'" || char === '"') {
      begin(index);
      const previous = script[index - 1];
      index = afterQuoted(
        script,
        index,
        char === "'" && (previous === 'E' || previous === 'e') && !/[A-Za-z0-9_$]/.test(script[index - 2] ?? ' '),
      );
    } else if (char === '$') {
      begin(index);
      DOLLAR_TAG.lastIndex = index;
      const tag = DOLLAR_TAG.exec(script)?.[0];
      const end = tag === undefined ? index : script.indexOf(tag, index + tag.length);
      index = tag === undefined ? index + 1 : end === -1 ? script.length : end + tag.length;
    } else if (WORD_START.test(char)) {
      begin(index);
      WORD.lastIndex = index;
      const length = WORD.exec(script)?.[0].length ?? 1;
      const word = script.slice(index, index + Math.min(length, 12)).toLowerCase();
      if (words.length < 4) words.push(word);
      if (words[0] === 'copy') {
        if (previous === 'from' && word === 'stdin') copiesStdin = true;
        previous = word;
      }
      const first = words.filter((item) => item !== 'or' && item !== 'replace');
      if (first[0] === 'create' && (first[1] === 'function' || first[1] === 'procedure')) {
        if (word === 'begin' || (word === 'case' && bodies > 0)) bodies++;
        else if (word === 'end' && bodies > 0) bodies--;
      }
      index += length;
    } else {
      begin(index);
      if (char === '(') parentheses++;
      if (char === ')') parentheses--;
      index++;
    }
  }
  if (start !== -1) {
    const text = script.slice(start).trimEnd();
    yield { text, line: startLine };
  }
}
