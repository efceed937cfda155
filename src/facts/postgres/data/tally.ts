import { detect } from '../../../core/detect/detect.ts';
import type { Detector, Found } from '../../../core/detect/detection.ts';
import { type ColumnHint, hintOf } from '../../../core/detect/hints.ts';
import { shapeOf } from '../../../core/detect/shape.ts';
import type { Facts } from '../../../core/facts.ts';
import { type SampledColumn, VALUE_CHARS } from './sample-sql.ts';

type FoundColumn = Facts['columnSamples']['tables'][number]['found'][number];

/** Detectors whose hits are told apart by their form; of the others a form says nothing, or too much. */
const SHAPED = new Set<Detector>(['card', 'card-bare', 'card-in-id', 'card-test', 'ssn', 'ssn-in-id', 'iban', 'phone']);
const SHAPES = 8;

interface Hits {
  values: number;
  shapes: Map<string, number>;
  /** The value (by its number) that was counted last: one value counts once. */
  last: number;
}

/** Counts what the values of one column hold. Values are looked at and let go. */
export class ColumnTally {
  readonly #column: SampledColumn;
  readonly #hint: ColumnHint;
  readonly #hits = new Map<Detector, Hits>();
  /** The value that is looked at. */
  #value = '';
  #values = 0;
  #cut = 0;

  constructor(column: SampledColumn) {
    this.#column = column;
    this.#hint = hintOf(column.name);
  }

  add(value: string | null): void {
    if (value === null) return;
    this.#values++;
    if (value.length >= VALUE_CHARS) this.#cut++;
    this.#value = value;
    detect(value, this.#hint, this.#found, this.#column.kind === 'json');
    this.#value = '';
  }

  readonly #found: Found = (detector, start, end) => {
    let hits = this.#hits.get(detector);
    if (!hits) {
      hits = { values: 0, shapes: new Map(), last: 0 };
      this.#hits.set(detector, hits);
    }
    if (hits.last === this.#values) return;
    hits.last = this.#values;
    hits.values++;
    if (!SHAPED.has(detector)) return;
    const shape = shapeOf(this.#value.slice(start, end));
    const before = hits.shapes.get(shape);
    if (before !== undefined || hits.shapes.size < SHAPES) hits.shapes.set(shape, (before ?? 0) + 1);
  };

  /** Null when nothing was found. */
  result(): FoundColumn | null {
    if (this.#hits.size === 0) return null;
    const hits = [...this.#hits]
      .map(([detector, { values, shapes }]) => ({
        detector,
        values,
        shape: [...shapes].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null,
      }))
      .toSorted((a, b) => (a.detector < b.detector ? -1 : 1));
    const { name: column, kind } = this.#column;
    return { column, kind, values: this.#values, cut: this.#cut, hits };
  }
}
