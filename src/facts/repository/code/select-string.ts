/** A column named in a select string. */
export interface SelectedColumn {
  /** Names of the embedded resources it stands in, outermost first; [] for the table itself. */
  path: string[];
  /** `*` for a star, which also says that the embedded resource must be there. */
  name: string;
  /** Offset in the string. */
  offset: number;
}

export interface ParsedSelect {
  columns: SelectedColumn[];
  /** Alias → the embedded resource's own name, both within the same parent path joined by dots. */
  aliases: Map<string, string>;
}

/** Stands where a template has a part that cannot be known. */
export const UNKNOWN_PART = '\u0000';

const AGGREGATES = new Set(['avg', 'count', 'max', 'min', 'sum']);

/**
 * Reads PostgREST's select grammar (docs.postgrest.org, "Vertical filtering", "Resource embedding", "Aggregate functions"):
 * aliases `a:b`, casts `::`, JSON paths `->`, embedded resources `rel!hint(…)`, spreads `...rel(…)`, aggregates `amount.sum()`.
 * Null when the text does not follow it. Parts around an unknown piece of a template are left out.
 */
export function parseSelect(text: string): ParsedSelect | null {
  const result: ParsedSelect = { columns: [], aliases: new Map() };
  const end = readList(text, 0, [], result);
  return end === text.length ? result : null;
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && /\s/.test(text[at] as string)) at++;
  return at;
}

function readList(text: string, from: number, path: string[], result: ParsedSelect): number {
  let at = skipSpace(text, from);
  while (at < text.length && text[at] !== ')') {
    const next = readItem(text, at, path, result);
    if (next === null) return -1;
    at = skipSpace(text, next);
    if (text[at] === ',') at = skipSpace(text, at + 1);
    else if (at < text.length && text[at] !== ')') return -1;
  }
  return at;
}

function readWord(text: string, from: number): { word: string; end: number } | null {
  const at = skipSpace(text, from);
  if (text[at] === '"') {
    const close = text.indexOf('"', at + 1);
    return close === -1 ? null : { word: text.slice(at + 1, close), end: close + 1 };
  }
  let end = at;
  while (end < text.length && !/[,():!.\s]/.test(text[end] as string) && !text.startsWith('->', end)) end++;
  return end === at ? null : { word: text.slice(at, end), end };
}

function readItem(text: string, from: number, path: string[], result: ParsedSelect): number | null {
  let at = from;
  if (text.startsWith('...', at)) at += 3;
  let first = readWord(text, at);
  if (first === null) return null;
  let start = skipSpace(text, at);
  let alias: string | null = null;
  let after = skipSpace(text, first.end);
  if (text[after] === ':' && text[after + 1] !== ':') {
    alias = first.word;
    start = skipSpace(text, after + 1);
    const second = readWord(text, start);
    if (second === null) return null;
    first = second;
    after = skipSpace(text, first.end);
  }
  const unknown = first.word.includes(UNKNOWN_PART);
  // Hints: `!inner`, `!left`, a foreign key's or a column's name.
  while (text[after] === '!') {
    const hint = readWord(text, after + 1);
    if (hint === null) return null;
    after = skipSpace(text, hint.end);
  }
  if (text[after] === '(') {
    if (first.word === 'count' && text[skipSpace(text, after + 1)] === ')')
      return readCast(text, skipSpace(text, after + 1) + 1);
    if (alias !== null && !unknown) result.aliases.set([...path, alias].join('.'), [...path, first.word].join('.'));
    const inner = [...path, first.word];
    if (!unknown) result.columns.push({ path: inner, name: '*', offset: start });
    const nested = unknown ? { columns: [], aliases: new Map<string, string>() } : result;
    const end = readList(text, after + 1, inner, nested);
    return end === -1 || text[end] !== ')' ? null : end + 1;
  }
  // A JSON path or an aggregate belongs to the column before it.
  while (text.startsWith('->', after)) {
    after += text[after + 2] === '>' ? 3 : 2;
    const step = readWord(text, after);
    if (step === null) return null;
    after = skipSpace(text, step.end);
  }
  const cast = readCast(text, after);
  if (cast === null) return null;
  after = cast;
  if (text[after] === '.') {
    const aggregate = readWord(text, after + 1);
    if (aggregate === null || !AGGREGATES.has(aggregate.word)) return null;
    after = skipSpace(text, aggregate.end);
    if (text[after] !== '(') return null;
    after = skipSpace(text, after + 1);
    if (text[after] !== ')') return null;
    const castAfter = readCast(text, after + 1);
    if (castAfter === null) return null;
    after = castAfter;
  }
  // `select('count')` is PostgREST's older way to count rows.
  if (!unknown && first.word !== '*' && !(first.word === 'count')) {
    result.columns.push({ path, name: first.word, offset: start });
  }
  return after;
}

function readCast(text: string, from: number): number | null {
  let at = skipSpace(text, from);
  if (!text.startsWith('::', at)) return at;
  at = skipSpace(text, at + 2);
  let depth = 0;
  const start = at;
  while (at < text.length) {
    const char = text[at] as string;
    if (char === '(' && /\d|\s/.test(text[at + 1] ?? '')) depth++;
    else if (char === ')' && depth > 0) depth--;
    else if (/[,().]/.test(char) && depth === 0) break;
    at++;
  }
  return at === start ? null : at;
}

const OPERATORS = new Set([
  'eq',
  'gt',
  'gte',
  'lt',
  'lte',
  'neq',
  'like',
  'ilike',
  'match',
  'imatch',
  'in',
  'is',
  'isdistinct',
  'fts',
  'plfts',
  'phfts',
  'wfts',
  'cs',
  'cd',
  'ov',
  'sl',
  'sr',
  'nxr',
  'nxl',
  'adj',
  'not',
  'and',
  'or',
]);

/** Columns in the text of `.or('a.eq.1,and(b.gt.2,c.is.null)')`; items that do not look like a filter are left out. */
export function filterColumns(text: string): { name: string; offset: number }[] {
  const found: { name: string; offset: number }[] = [];
  const read = (from: number, to: number): void => {
    let depth = 0;
    let start = from;
    for (let at = from; at <= to; at++) {
      const char = at === to ? ',' : text[at];
      if (char === '(') depth++;
      else if (char === ')') depth--;
      else if (char === ',' && depth === 0) {
        item(start, at);
        start = at + 1;
      }
    }
  };
  const item = (from: number, to: number): void => {
    const start = skipSpace(text, from);
    const part = text.slice(start, to);
    const group = /^(?:not\.)?(?:and|or)\(/.exec(part);
    if (group) {
      read(start + group[0].length, start + part.lastIndexOf(')'));
      return;
    }
    const match = /^("[^"]+"|[^.,()"\s]+)((?:\.[A-Za-z_]\w*)*?)\.([a-z]+)(?:\([a-z]+\))?\./.exec(part);
    if (!match?.[1] || !OPERATORS.has(match[3] ?? '') || match[2] !== '') return;
    const name = match[1].replaceAll('"', '').split('->')[0] ?? '';
    if (name !== '' && !name.includes(UNKNOWN_PART)) found.push({ name, offset: start });
  };
  read(0, text.length);
  return found;
}
