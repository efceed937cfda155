// esbuild plugins every bundle with Ink in it needs: the program's and the benchmark's.
export const inkPlugins = [
  {
    // Ink measures every line of every frame anew; with widths remembered a key is drawn in two thirds of the time.
    name: 'remembered-widths',
    setup(context) {
      const inInk = /node_modules\/(ink|widest-line|wrap-ansi|cli-truncate|slice-ansi)\//;
      context.onResolve({ filter: /^string-width$/ }, ({ importer }) =>
        inInk.test(importer) ? { path: new URL('../src/ui/width.ts', import.meta.url).pathname } : undefined,
      );
    },
  },
  {
    // Ink takes every line of every frame apart into cells and together again; remembered, a key is drawn in half the time.
    name: 'remembered-cells',
    setup(context) {
      const remembered = new URL('../src/ui/styled-cells.ts', import.meta.url).pathname;
      context.onResolve({ filter: /^@alcalzone\/ansi-tokenize$/ }, ({ importer, resolveDir, namespace }) =>
        namespace === 'file' && /node_modules\/ink\/build\/output\.js$/.test(importer)
          ? { path: importer, namespace: 'remembered-cells', pluginData: resolveDir }
          : undefined,
      );
      context.onLoad({ filter: /.*/, namespace: 'remembered-cells' }, ({ pluginData: resolveDir }) => ({
        resolveDir,
        contents: `import * as original from '@alcalzone/ansi-tokenize';
          import { rememberingCells } from ${JSON.stringify(remembered)};
          export const { tokenize, styledCharsFromTokens, styledCharsToString } = rememberingCells(original);`,
      }));
    },
  },
  {
    // zod brings its messages in fifty languages, a sixth of what is loaded before the first frame; we show our own.
    name: 'zod-in-english',
    setup(context) {
      context.onResolve({ filter: /locales\/index\.js$/ }, ({ importer, resolveDir }) =>
        /node_modules\/zod\//.test(importer)
          ? { path: 'zod-locales', namespace: 'zod-in-english', pluginData: `${resolveDir}/../locales` }
          : undefined,
      );
      context.onLoad({ filter: /.*/, namespace: 'zod-in-english' }, ({ pluginData: resolveDir }) => ({
        resolveDir,
        contents: "export { default as en } from './en.js';",
      }));
    },
  },
  {
    // conf loads a schema validator for the case that it is given a schema, which it is not.
    name: 'conf-without-validator',
    setup(context) {
      context.onResolve({ filter: /^ajv(-formats|\/dist\/2020\.js)$/ }, ({ importer, path }) =>
        /node_modules\/conf\//.test(importer) ? { path, namespace: 'conf-without-validator' } : undefined,
      );
      context.onLoad({ filter: /.*/, namespace: 'conf-without-validator' }, () => ({
        contents: `function refused() { throw new Error('conf was given a schema, but is bundled without its validator'); }
          export { refused as Ajv2020, refused as default };`,
      }));
    },
  },
  {
    // Ink imports its developer tools only under DEV=true; they would be a tenth of the bundle.
    name: 'no-react-devtools',
    setup(context) {
      context.onResolve({ filter: /^react-devtools-core$/ }, () => ({
        path: 'react-devtools-core',
        namespace: 'empty',
      }));
      context.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {}' }));
    },
  },
];
