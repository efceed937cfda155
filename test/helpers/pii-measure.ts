import { cards, ibans, phones, socialSecurity, testCards } from '../../src/core/detect/believable.ts';
import { detect } from '../../src/core/detect/detect.ts';
import { hintOf } from '../../src/core/detect/hints.ts';
import type { CorpusColumn, Kind } from './pii-corpus.ts';

export interface Score {
  kind: Kind | 'all';
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  precision: number;
  recall: number;
}

const KINDS: Readonly<Record<string, Kind>> = {
  card: 'card',
  'card-bare': 'card',
  'card-in-id': 'card',
  'card-test': 'card-test',
  ssn: 'ssn',
  'ssn-in-id': 'ssn',
  iban: 'iban',
  email: 'email',
  phone: 'phone',
  'phone-fictional': 'phone-fictional',
  'lorem-ipsum': 'lorem',
  'placeholder-name': 'placeholder',
};

/** Which kinds a column is believed to hold, from its counts, as the checks do. */
function believed(counts: Readonly<Record<string, number>>): ReadonlySet<string> {
  const kinds = new Set<string>(['email', 'email-test', 'lorem-ipsum', 'placeholder-name', 'phone-fictional']);
  const { card: named = 0, 'card-bare': bare = 0, 'card-in-id': inIds = 0 } = counts;
  const all = cards(counts);
  if (named > 0 && (all === named || all > bare + inIds)) kinds.add('card');
  if (bare + inIds > 0 && all >= bare + inIds && (named === 0 || all > named)) kinds.add('card-bare').add('card-in-id');
  if (testCards(counts) > 0) kinds.add('card-test');
  const numbers = socialSecurity(counts);
  if (numbers > 0) kinds.add('ssn');
  if (numbers > (counts.ssn ?? 0)) kinds.add('ssn-in-id');
  if (ibans(counts) > 0) kinds.add('iban');
  if (phones(counts) > 0) kinds.add('phone');
  return kinds;
}

/** Precision and recall, value by value, over samples of at most `sample` values of each column. */
export function measure(
  columns: readonly CorpusColumn[],
  sample = 1000,
  wrong?: (kind: string, column: string, text: string) => void,
): Score[] {
  const tally = new Map<Kind, { tp: number; fp: number; fn: number }>();
  const of = (kind: Kind) => {
    const row = tally.get(kind) ?? { tp: 0, fp: 0, fn: 0 };
    tally.set(kind, row);
    return row;
  };
  for (const { name, json, values } of columns) {
    const hint = hintOf(name);
    for (let from = 0; from < values.length; from += sample) {
      const part = values.slice(from, from + sample);
      const counts: Record<string, number> = {};
      const found = part.map(({ text }) => {
        const kinds = new Set<string>();
        detect(text, hint, (detector) => kinds.add(detector), json);
        for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
        return kinds;
      });
      const sure = believed(counts);
      for (const [at, { text, truth }] of part.entries()) {
        const said = new Set<Kind>();
        for (const detector of found[at] ?? []) {
          const kind = detector.startsWith('secret:') ? 'secret' : sure.has(detector) ? KINDS[detector] : undefined;
          if (kind) said.add(kind);
        }
        for (const kind of said) {
          if (truth.includes(kind)) of(kind).tp++;
          else {
            of(kind).fp++;
            wrong?.(`+${kind}`, name, text);
          }
        }
        for (const kind of truth) {
          if (said.has(kind)) continue;
          of(kind).fn++;
          wrong?.(`-${kind}`, name, text);
        }
      }
    }
  }
  const score = (kind: Score['kind'], { tp, fp, fn }: { tp: number; fp: number; fn: number }): Score => ({
    kind,
    truePositives: tp,
    falsePositives: fp,
    falseNegatives: fn,
    precision: tp / Math.max(1, tp + fp),
    recall: tp / Math.max(1, tp + fn),
  });
  const rows = [...tally].map(([kind, row]) => score(kind, row)).sort((a, b) => (a.kind < b.kind ? -1 : 1));
  const sum = [...tally.values()].reduce(
    (total, row) => ({ tp: total.tp + row.tp, fp: total.fp + row.fp, fn: total.fn + row.fn }),
    { tp: 0, fp: 0, fn: 0 },
  );
  return [...rows, score('all', sum)];
}
