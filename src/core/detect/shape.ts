/**
 * The form of a text without a character of it: digits counted (`9{4}-9{4}`), letters as `a`, common signs kept. Two values of
 * one kind have one shape; no value follows from it.
 */
export function shapeOf(text: string): string {
  return text
    .slice(0, 64)
    .replace(/\d+|\p{L}+|[^ \-().+@/\d\p{L}]+/gu, (run) => {
      if (/\d/.test(run)) return `\u0001${run.length}\u0002`;
      return /\p{L}/u.test(run) ? 'a' : '?';
    })
    .replaceAll('\u0001', '9{')
    .replaceAll('\u0002', '}');
}
