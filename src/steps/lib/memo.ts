/** Results kept at most by perText; then it starts afresh. */
const TEXTS = 50_000;

/** Remembers the result of `compute` for each text: the same few names and types come back in thousands of tables. */
export function perText<R>(compute: (text: string) => R): (text: string) => R {
  const known = new Map<string, R>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = compute(text);
    if (known.size >= TEXTS) known.clear();
    known.set(text, result);
    return result;
  };
}

/**
 * Remembers the result of `compute` for each facet value (by identity), so that an index over thousands of rows is built
 * once per snapshot, whichever checks ask for it.
 */
export function perFacet<K extends object, R>(compute: (facet: K) => R): (facet: K) => R {
  const known = new WeakMap<K, R>();
  return (facet) => {
    const before = known.get(facet);
    if (before !== undefined) return before;
    const result = compute(facet);
    known.set(facet, result);
    return result;
  };
}
