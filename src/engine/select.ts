import { type Checklist, type CheckText, checkpointsOf } from '../core/check.ts';
import { UserError } from '../core/errors.ts';

/** `*` and `?` as in a shell; everything else literally. */
function globMatches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}

/**
 * The checks that selectors name: a section (`4`), a checkpoint (`4.1`), a sub-item (`2.2c`), a check id, one of its
 * aliases, or a glob over ids (`rls-*`). No selector = all. Throws UserError (exit 2) for one that names nothing.
 */
export function selectChecks(checklist: Checklist, selectors: readonly string[]): CheckText[] {
  const all = checkpointsOf(checklist).flatMap((checkpoint) =>
    checkpoint.checks.map((check) => ({
      check,
      checkpoint: checkpoint.id,
      section: checkpoint.id.split('.')[0] ?? '',
    })),
  );
  if (selectors.length === 0) return all.map(({ check }) => check);
  const chosen = new Set<CheckText>();
  for (const selector of selectors) {
    const hits = all.filter(
      ({ check, checkpoint, section }) =>
        selector === section ||
        selector === checkpoint ||
        (check.item !== undefined && selector === `${checkpoint}${check.item}`) ||
        globMatches(selector, check.id) ||
        check.aliases?.includes(selector),
    );
    if (hits.length === 0) {
      throw new UserError(
        'unknown-selector',
        `“${selector}” is no section, checkpoint or check`,
        'name a section (4), a checkpoint (4.1), a check id or a glob (rls-*); `supaready explain` lists them all',
      );
    }
    for (const { check } of hits) chosen.add(check);
  }
  return all.map(({ check }) => check).filter((check) => chosen.has(check));
}
