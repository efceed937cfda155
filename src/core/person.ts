import type { Person } from './events.ts';

function normal(text: string | null): string | null {
  const folded = text?.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
  return folded ? folded : null;
}

/**
 * Whether two records name one person: the same e-mail address or the same name, case and spacing aside. Strict on purpose,
 * since four eyes need two people: somebody who leaves the address out, or has two of them, is still one (DESIGN.md §3).
 */
export function samePerson(a: Person, b: Person): boolean {
  const email = normal(a.email);
  return normal(a.name) === normal(b.name) || (email !== null && email === normal(b.email));
}
