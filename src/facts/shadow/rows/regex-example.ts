/*
 * A text that a regular expression matches, for the patterns people put into CHECK: literals, classes, groups,
 * alternatives, quantifiers, anchors. Whether it does match is for PostgreSQL to say.
 */

class Pattern {
  readonly text: string;
  at = 0;
  constructor(text: string) {
    this.text = text;
  }
  peek(): string | undefined {
    return this.text[this.at];
  }
  next(): string {
    return this.text[this.at++] ?? '';
  }
}

const ESCAPES: Readonly<Record<string, string>> = { d: '7', w: 'a', s: ' ', n: '\n', t: '\t', D: 'a', W: '-', S: 'a' };
const NAMED: Readonly<Record<string, string>> = {
  alpha: 'a',
  digit: '7',
  alnum: 'a',
  lower: 'a',
  upper: 'A',
  space: ' ',
  xdigit: 'a',
  punct: '-',
};
const OTHERS = ['a', 'A', '7', '-', '_', ' ', '.', '@', 'é'];

function escaped(pattern: Pattern): string {
  const char = pattern.next();
  if (/[AZbByYmM]/.test(char)) return '';
  return ESCAPES[char] ?? char;
}

function member(pattern: Pattern): string {
  const char = pattern.next();
  return char === '\\' ? escaped(pattern) : char;
}

function bracket(pattern: Pattern): string {
  const negated = pattern.peek() === '^';
  if (negated) pattern.next();
  const members: [string, string][] = [];
  for (let first = true; pattern.peek() !== undefined && (first || pattern.peek() !== ']'); first = false) {
    if (pattern.text.startsWith('[:', pattern.at)) {
      const end = pattern.text.indexOf(':]', pattern.at);
      const name = NAMED[pattern.text.slice(pattern.at + 2, end)] ?? 'a';
      members.push([name, name]);
      pattern.at = end + 2;
      continue;
    }
    const from = member(pattern);
    const isRange = pattern.peek() === '-' && pattern.text[pattern.at + 1] !== ']';
    if (!isRange) {
      members.push([from, from]);
      continue;
    }
    pattern.next();
    members.push([from, member(pattern)]);
  }
  pattern.next();
  if (!negated) return (members.find(([from]) => /[a-zA-Z0-9]/.test(from)) ?? members[0])?.[0] ?? '';
  return OTHERS.find((char) => !members.some(([from, to]) => char >= from && char <= to)) ?? '~';
}

function quantified(pattern: Pattern, atom: string): string {
  const sign = pattern.peek();
  let times = 1;
  if (sign === '*' || sign === '?') {
    pattern.next();
    times = 0;
  } else if (sign === '+') {
    pattern.next();
  } else if (sign === '{' && /^\{\d/.test(pattern.text.slice(pattern.at))) {
    const end = pattern.text.indexOf('}', pattern.at);
    times = Number.parseInt(pattern.text.slice(pattern.at + 1), 10);
    pattern.at = end === -1 ? pattern.text.length : end + 1;
  } else return atom;
  if (pattern.peek() === '?') pattern.next();
  return atom.repeat(Math.min(times, 200));
}

function group(pattern: Pattern): string {
  if (pattern.text.startsWith('?:', pattern.at)) pattern.at += 2;
  else if (pattern.peek() === '?') {
    // Look-around matches nothing by itself.
    while (pattern.peek() !== undefined && pattern.peek() !== '=' && pattern.peek() !== '!') pattern.next();
    pattern.next();
    alternatives(pattern);
    pattern.next();
    return '';
  }
  const inner = alternatives(pattern);
  pattern.next();
  return inner;
}

function alternatives(pattern: Pattern): string {
  let first: string | null = null;
  let current = '';
  for (let char = pattern.peek(); char !== undefined && char !== ')'; char = pattern.peek()) {
    pattern.next();
    if (char === '|') {
      first ??= current;
      current = '';
    } else if (char === '^' || char === '$') continue;
    else if (char === '(') current += quantified(pattern, group(pattern));
    else if (char === '[') current += quantified(pattern, bracket(pattern));
    else if (char === '\\') current += quantified(pattern, escaped(pattern));
    else current += quantified(pattern, char === '.' ? 'a' : char);
  }
  return first ?? current;
}

/** A text that the pattern matches as far as this small reader understands it; at most 2,000 characters. */
export function exampleOf(regex: string): string {
  return alternatives(new Pattern(regex.slice(0, 2000).replace(/^\(\?[a-z]+\)/, ''))).slice(0, 2000);
}
