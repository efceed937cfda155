import { quoteIdent, quoteLiteral } from '../../../core/text.ts';
import type { RowColumn } from './catalogue.ts';

/** A uuid that says by its digits that it was made up. */
export function madeUpUuid(n: number): string {
  return `00000000-5ead-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

const TEXTS: readonly [RegExp, (n: number) => string][] = [
  [/e_?mail/i, (n) => `row${n}@example.test`],
  [/ur[li]$|link|website|href/i, (n) => `https://example.test/${n}`],
  [/phone|mobile|^tel/i, (n) => `+1555${String(n).padStart(7, '0')}`],
  [/currency/i, () => 'USD'],
  [/country/i, () => 'US'],
  [/locale|lang/i, () => 'en'],
  [/time_?zone|^tz$/i, () => 'UTC'],
  [/colou?r/i, () => '#aabbcc'],
];

function textFor(name: string, n: number): string {
  const known = TEXTS.find(([pattern]) => pattern.test(name));
  return known ? known[1](n) : `row${n}`;
}

function fitted(text: string, length: number | null, n: number): string {
  if (length === null || text.length <= length) return text;
  const short = n.toString(36);
  return short.length >= length ? short.slice(-length) : short.padStart(length, 'a');
}

/** An expression for a moment of 2026, another for each `n`. */
const moment = (n: number) => `(timestamptz '2026-01-01 00:00:00+00' + interval '${n} hours')`;

const PLAIN: Readonly<Record<string, (n: number) => string>> = {
  uuid: madeUpUuid,
  bool: () => 'false',
  int2: (n) => String((n % 32000) + 1),
  int4: (n) => String(n),
  int8: (n) => String(n),
  oid: (n) => String(n),
  numeric: (n) => String(n),
  float4: (n) => String(n),
  float8: (n) => String(n),
  money: (n) => String(n),
  interval: () => '1 hour',
  json: () => '{}',
  jsonb: () => '{}',
  jsonpath: () => '$',
  xml: () => '<row/>',
  inet: (n) => `10.0.${(n >> 8) % 256}.${n % 256}`,
  cidr: (n) => `10.${(n >> 8) % 256}.${n % 256}.0/24`,
  macaddr: (n) => `02:00:00:00:${hex(n >> 8)}:${hex(n)}`,
  macaddr8: (n) => `02:00:00:00:00:00:${hex(n >> 8)}:${hex(n)}`,
  tsvector: (n) => `row${n}`,
  tsquery: (n) => `row${n}`,
  point: (n) => `(${n},0)`,
  line: () => '{1,-1,0}',
  lseg: () => '[(0,0),(1,1)]',
  box: () => '((0,0),(1,1))',
  path: () => '[(0,0),(1,1)]',
  polygon: () => '((0,0),(1,1),(1,0))',
  circle: (n) => `<(0,0),${n}>`,
  time: (n) => `${String(n % 24).padStart(2, '0')}:00:00`,
  timetz: (n) => `${String(n % 24).padStart(2, '0')}:00:00+00`,
  bytea: (n) => `\\x${n.toString(16).padStart(8, '0')}`,
  regclass: () => 'pg_class',
  regtype: () => 'text',
  hstore: () => '',
  ltree: (n) => `row${n}`,
  pg_lsn: () => '0/1',
  geometry: () => 'POINT(0 0)',
  geography: () => 'POINT(0 0)',
};

function hex(n: number): string {
  return (n % 256).toString(16).padStart(2, '0');
}

function dimensions(type: string): string {
  const size = Number(/\((\d+)\)/.exec(type)?.[1] ?? 3);
  return `[${Array.from({ length: size }, () => '1').join(',')}]`;
}

/**
 * An SQL expression for a value of the column's type, another for each `n`; null when the type is not known. `variant`
 * counts through the labels of an enum.
 */
export function valueFor(column: RowColumn, n: number, variant = 0): string | null {
  const cast = (text: string) => `${quoteLiteral(text)}::${column.type}`;
  if (column.array) return cast('{}');
  if (column.kind === 'e') {
    const label = column.labels[variant % Math.max(1, column.labels.length)];
    return label === undefined ? null : cast(label);
  }
  if (column.kind === 'c') return cast(`(${','.repeat(Math.max(0, column.fields.length - 1))})`);
  if (column.kind === 'm') return cast('{}');
  if (column.kind === 'r') return rangeFor(column, n);
  const { base } = column;
  if (base === 'timestamptz' || base === 'timestamp' || base === 'date') return `${moment(n)}::${column.type}`;
  if (base === 'bool') return cast(variant % 2 === 0 ? 'false' : 'true');
  if (base === 'vector' || base === 'halfvec') return cast(dimensions(column.type));
  if (base === 'bit' || base === 'varbit') return `${n}::bigint::bit(32)::${column.type}`;
  if (base === 'text' || base === 'varchar' || base === 'bpchar' || base === 'citext' || base === 'name')
    return cast(fitted(textFor(column.name, n), column.length, n));
  if (base === 'char') return cast('a');
  const plain = PLAIN[base];
  return plain ? cast(plain(n)) : null;
}

function rangeFor(column: RowColumn, n: number): string {
  const start = moment(n);
  const bounds: Readonly<Record<string, [string, string]>> = {
    int4range: [`${n}`, `${n + 1}`],
    int8range: [`${n}`, `${n + 1}`],
    numrange: [`${n}`, `${n + 1}`],
    daterange: [`(date '2026-01-01' + ${n})`, `(date '2026-01-01' + ${n + 1})`],
    tsrange: [`${start}::timestamp`, `${start}::timestamp + interval '30 minutes'`],
    tstzrange: [start, `${start} + interval '30 minutes'`],
  };
  const known = bounds[column.base];
  return known ? `pg_catalog.${column.base}(${known[0]}, ${known[1]})::${column.type}` : `'empty'::${column.type}`;
}

/** An expression that differs from what stands in the column. */
export function otherValue(column: RowColumn): string | null {
  const name = quoteIdent(column.name);
  if (column.base === 'bool') return `not coalesce(${name}, false)`;
  if (/^(int[248]|numeric|float[48])$/.test(column.base) && column.checks.length === 0)
    return `coalesce(${name}, 0) + 1`;
  if (column.array) return `case when ${name} is null then '{}'::${column.type} end`;
  return valueFor(column, 4711, 1);
}
