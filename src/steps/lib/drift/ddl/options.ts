import { quoteIdent, quoteLiteral } from '../../../../core/text.ts';

/** `fillfactor=70` → name and value. */
export function splitOption(option: string): { name: string; value: string } {
  const at = option.indexOf('=');
  return at === -1 ? { name: option, value: '' } : { name: option.slice(0, at), value: option.slice(at + 1) };
}

/** Storage parameters for a WITH or SET list: `fillfactor = '70'`, `toast.autovacuum_enabled = 'false'`. */
export function storageOptions(options: readonly string[]): string {
  return options
    .map((option) => {
      const { name, value } = splitOption(option);
      return `${name.split('.').map(quoteIdent).join('.')} = ${quoteLiteral(value)}`;
    })
    .join(', ');
}

/** What turns the options `from` into `to`: to be set, and to be reset. */
export function optionChanges(from: readonly string[], to: readonly string[]): { set: string[]; reset: string[] } {
  const wanted = new Map(to.map((option) => [splitOption(option).name, option]));
  const had = new Map(from.map((option) => [splitOption(option).name, option]));
  return {
    set: [...wanted].flatMap(([name, option]) => (had.get(name) === option ? [] : [option])),
    reset: [...had.keys()].filter((name) => !wanted.has(name)),
  };
}

/** `options (host 'db', port '5432')` of a foreign object; '' without any. */
export function foreignOptions(options: readonly string[]): string {
  if (options.length === 0) return '';
  const list = options.map((option) => {
    const { name, value } = splitOption(option);
    return `${quoteIdent(name)} ${quoteLiteral(value)}`;
  });
  return ` options (${list.join(', ')})`;
}

/** `options (set host 'db', drop port, add user 'x')`; null when nothing changes. */
export function foreignOptionChanges(from: readonly string[], to: readonly string[]): string | null {
  const had = new Map(from.map((option) => [splitOption(option).name, option]));
  const { set, reset } = optionChanges(from, to);
  const parts = [
    ...set.map((option) => {
      const { name, value } = splitOption(option);
      return `${had.has(name) ? 'set' : 'add'} ${quoteIdent(name)} ${quoteLiteral(value)}`;
    }),
    ...reset.map((name) => `drop ${quoteIdent(name)}`),
  ];
  return parts.length === 0 ? null : `options (${parts.join(', ')})`;
}

/** A comment's text for COMMENT ON … IS. */
export function commentText(comment: string | null): string {
  return comment === null ? 'null' : quoteLiteral(comment);
}
