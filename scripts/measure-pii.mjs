// Bundles scripts/measure/pii.ts and runs it: precision and recall of the detectors on a generated corpus.
import { runMeasure } from './run-measure.mjs';

await runMeasure('pii');
