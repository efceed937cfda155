// Precision and recall of the detectors of personal data and secrets on a generated corpus: `node scripts/measure-pii.mjs [--values N] [--seed N] [--sample N] [--show N]`.
import { corpus } from '../../test/helpers/pii-corpus.ts';
import { measure } from '../../test/helpers/pii-measure.ts';

const args = process.argv.slice(2);
const option = (name: string, otherwise: number) =>
  args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise;
const columns = corpus(option('--values', 120_000), option('--seed', 20261124));
const values = columns.reduce((sum, column) => sum + column.values.length, 0);
const show = option('--show', 0);
const shown = new Map<string, number>();
const started = performance.now();
const scores = measure(columns, option('--sample', 1000), (kind, column, text) => {
  const key = `${kind} ${column}`;
  const count = (shown.get(key) ?? 0) + 1;
  shown.set(key, count);
  if (count <= show) process.stdout.write(`${key}: ${text.slice(0, 160)}\n`);
});
const ms = performance.now() - started;
process.stdout.write(
  `${values} values in ${columns.length} columns, ${((ms * 1000) / values).toFixed(1)} µs a value\n`,
);
process.stdout.write('kind             true+  false+ false-  precision  recall\n');
for (const row of scores)
  process.stdout.write(
    `${row.kind.padEnd(16)} ${String(row.truePositives).padStart(5)} ${String(row.falsePositives).padStart(7)} ${String(row.falseNegatives).padStart(6)}  ${row.precision.toFixed(4)}     ${row.recall.toFixed(4)}\n`,
  );
