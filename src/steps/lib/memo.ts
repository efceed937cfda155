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
