// Bundles scripts/measure/drift.ts and runs it: what drift finds, beside `supabase db diff --from --to` and pg-delta.
//   node scripts/compare-drift.mjs [--supabase PATH/supabase] [--pgdelta PATH/pgdelta] [--only NAME,NAME] [--part 0/3] [--from 0]
//     [--postgres FOLDER] [--corpus FOLDER --other FOLDER]
// The rivals are installed elsewhere (npm install supabase @supabase/pg-delta), never as dependencies.
import { runMeasure } from './run-measure.mjs';

await runMeasure('drift');
