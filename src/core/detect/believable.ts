/*
 * From counts over a column to what the column holds. A checksum passes by chance (one number in ten for Luhn): what only
 * looks alike is counted beside what passes, and a column is believed when chance does not explain it.
 */

/** How many values of a column each detector was sure of. */
export type Counts = Readonly<Record<string, number>>;

/** Chance that a long number issued by somebody's system has a card's range, length and checksum; that one in its range has the checksum. */
const BY_CHANCE = { any: 0.025, inRange: 0.1 };
const SURE = { any: 0.001, inRange: 0.002 };
/** Where one number in nine would break the plan by chance, so many in a row that none does. */
const ENOUGH_SSN = 25;

/** P(at least `hits` of `tries`), each with probability `chance`. */
export function tail(hits: number, tries: number, chance: number): number {
  if (hits <= 0) return 1;
  let term = (1 - chance) ** tries;
  let below = 0;
  for (let k = 0; k < hits; k++) {
    below += term;
    term *= ((tries - k) / (k + 1)) * (chance / (1 - chance));
  }
  return Math.max(0, 1 - below);
}

const of = (counts: Counts, detector: string) => counts[detector] ?? 0;

/**
 * Values of a column that are payment cards: written or named as such, or bare numbers of which chance does not explain so many.
 * Few among other long numbers are taken for what they are: numbers of something else that look like a card.
 */
export function cards(counts: Counts): number {
  const named = of(counts, 'card');
  const test = of(counts, 'card-test');
  const believedNamed = named + test < of(counts, 'card-miss') ? 0 : named;
  const bare = of(counts, 'card-bare');
  const hits = bare + of(counts, 'card-in-id');
  const miss = of(counts, 'card-bare-miss');
  const others = of(counts, 'long-number');
  if (hits === 0) return believedNamed;
  const alone = bare === hits && miss + others === 0;
  const beyondChance =
    tail(hits, hits + miss + others, BY_CHANCE.any) < SURE.any &&
    tail(hits, hits + miss, BY_CHANCE.inRange) < SURE.inRange;
  return believedNamed + (alone || beyondChance ? hits : 0);
}

/** Test cards, believed as `cards` are: one alone is enough, for each is a number printed in documentation. */
export function testCards(counts: Counts): number {
  return of(counts, 'card-test');
}

/** Values that are Social Security numbers: of random digits one in nine would be none that is ever assigned. */
export function socialSecurity(counts: Counts): number {
  const named = of(counts, 'ssn');
  const inIds = of(counts, 'ssn-in-id');
  const miss = of(counts, 'ssn-miss');
  if (miss > Math.max(1, (named + inIds + miss) * 0.04)) return 0;
  return named + (inIds >= ENOUGH_SSN ? inIds : 0);
}

export function ibans(counts: Counts): number {
  const hits = of(counts, 'iban');
  return hits < of(counts, 'iban-miss') ? 0 : hits;
}

/** Values that are telephone numbers: of random digits one in three breaks the plan they would follow. */
export function phones(counts: Counts): number {
  const hits = of(counts, 'phone');
  const miss = of(counts, 'phone-miss');
  return miss > Math.max(1, (hits + miss) * 0.15) ? 0 : hits;
}
