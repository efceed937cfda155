// Bundles scripts/measure/splinter.ts and runs it: splinter.sql and our checks over the same databases.
//   node scripts/compare-splinter.mjs --splinter FOLDER [--only NAME] [--corpus FOLDER] [--postgres FOLDER] [--verbose]
// FOLDER is a checkout of supabase/splinter: its splinter.sql, and its tests as fixtures. Neither is part of this project.
import { runMeasure } from './run-measure.mjs';

await runMeasure('splinter');
