import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles the program of the terminal tests as the product is bundled; returns its path and how to remove it. */
export async function buildProgram(): Promise<{ path: string; remove(): void }> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  // Inside the repository, so that the packages left out of the bundle are found.
  const folder = mkdtempSync(join(root, 'node_modules/.cache-pty-'));
  await build({
    entryPoints: [join(root, 'test/ui/pty-program.ts')],
    absWorkingDir: root,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    loader: { '.sql': 'text' },
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['libpg-query'],
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
    banner: { js: "import { createRequire as __cr } from 'node:module';\nconst require = __cr(import.meta.url);" },
  });
  return { path: join(folder, 'pty-program.mjs'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
