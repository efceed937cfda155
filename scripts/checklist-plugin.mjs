import { rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { build } from 'esbuild';

/** Everything a checklist says, without what its checks do. */
function textOf(checklist) {
  const sections = checklist.sections.map((section) => ({
    ...section,
    checkpoints: section.checkpoints.map((checkpoint) => ({
      ...checkpoint,
      checks: checkpoint.checks.map(({ evaluate: _, ...check }) => check),
      attestations: checkpoint.attestations.map(({ review, ...question }) => {
        if (!review) return question;
        const { items: _, ...said } = review;
        return { ...question, review: said };
      }),
    })),
  }));
  const said = { ...checklist, sections };
  const text = JSON.stringify(said);
  if (!isDeepStrictEqual(JSON.parse(text), said)) throw new Error('the checklist holds more than JSON can carry');
  return text;
}

/** Puts the text of the checklist into the bundle in place of src/steps/checklist.ts, and the checks themselves into a chunk. */
export function checklistPlugin(options) {
  const CODE = '?code';
  return {
    name: 'checklist-as-text',
    setup(context) {
      context.onResolve({ filter: /\/checklist\.ts\?code$/ }, ({ path, resolveDir }) => ({
        path: resolve(resolveDir, path.slice(0, -CODE.length)),
        suffix: CODE,
      }));
      context.onLoad({ filter: /src\/steps\/checklist\.ts$/ }, async ({ path, suffix }) => {
        if (suffix === CODE) return undefined;
        const { outputFiles } = await build({
          ...options,
          entryPoints: [path],
          splitting: false,
          write: false,
          plugins: [],
        });
        const file = resolve(options.absWorkingDir, 'node_modules', `.checklist-${process.pid}.mjs`);
        writeFileSync(file, outputFiles[0].contents);
        try {
          const { checklist } = await import(pathToFileURL(file));
          return {
            contents: `
              export const checklist = JSON.parse(${JSON.stringify(textOf(checklist))});
              export async function loadChecks() { return (await import('./checklist.ts?code')).loadChecks(); }`,
            resolveDir: dirname(path),
          };
        } finally {
          rmSync(file);
        }
      });
    },
  };
}
