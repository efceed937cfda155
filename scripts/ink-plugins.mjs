import { readFile } from 'node:fs/promises';

// esbuild plugins for the bundles with our screens in them: the program's and the benchmark's of keys.
export const inkPlugins = [
  {
    // Yoga fetches its WASM from a data URL, for which Node loads its whole HTTP client: a sixth of the time of a bare Ink start.
    name: 'yoga-without-fetch',
    setup(context) {
      const DATA_URL = /data:application\/octet-stream;base64,([A-Za-z0-9+/=]+)/;
      const BINARY = /yoga-wasm-base64-esm\.js$/;
      context.onResolve({ filter: /^yoga-without-fetch\.wasm$/ }, ({ path, pluginData }) => ({
        path,
        namespace: 'yoga-without-fetch',
        pluginData,
      }));
      context.onLoad({ filter: BINARY }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const found = DATA_URL.exec(text)?.[1];
        if (found === undefined) throw new Error(`${path} does not hold its WASM as a data URL any more`);
        return {
          // `wasmBinary` is Emscripten's own option for a caller that has the bytes.
          contents: `import wasmBinary from 'yoga-without-fetch.wasm';
            ${text.replace(DATA_URL, 'data:application/octet-stream;base64,').replace('export default loadYoga;', '')}
            export default () => loadYoga({ wasmBinary });`,
          pluginData: Buffer.from(found, 'base64'),
        };
      });
      context.onLoad({ filter: /.*/, namespace: 'yoga-without-fetch' }, ({ pluginData: contents }) => ({
        contents,
        loader: 'binary',
      }));
    },
  },
  {
    // string-width compiles its expression of all emoji when it is loaded, longer than Ink takes to draw: only for a text that has any.
    name: 'widths-when-needed',
    setup(context) {
      context.onResolve({ filter: /^string-width$/ }, ({ importer, resolveDir }) =>
        /src\/ui\/width\.ts$/.test(importer)
          ? { path: 'string-width', namespace: 'widths-when-needed', pluginData: resolveDir }
          : undefined,
      );
      context.onLoad({ filter: /.*/, namespace: 'widths-when-needed' }, ({ pluginData: resolveDir }) => ({
        resolveDir,
        contents: "export default (text) => require('string-width').default(text);",
      }));
    },
  },
  {
    // The same for the parts of Ink that split texts into characters: a segmenter takes ten milliseconds to make, and ASCII
    // without a carriage return (which joins the newline after it) needs none.
    name: 'segmenters-when-needed',
    setup(context) {
      const MADE = /new Intl\.Segmenter\(undefined, \{\s*granularity: ['"]grapheme['"]\s*\}\)/;
      const filter = /node_modules\/(@alcalzone\/ansi-tokenize\/build\/tokenize|slice-ansi\/tokenize-ansi)\.js$/;
      context.onLoad({ filter }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!MADE.test(text)) throw new Error(`${path} does not make its segmenter as it did`);
        // slice-ansi asks for more than the segments in turn.
        const simple = /slice-ansi/.test(path) ? 'false' : '/^[\\x00-\\x0c\\x0e-\\x7f]*$/.test(text)';
        return {
          contents: text.replace(
            MADE,
            (made) => `((segmenter) => ({
              segment: (text) => ${simple}
                ? Array.from(text, (segment, index) => ({ segment, index }))
                : (segmenter ??= ${made}).segment(text),
            }))(null)`,
          ),
        };
      });
    },
  },
  {
    // On the way to the first frame nothing starts a process, but four modules load what could.
    name: 'processes-when-needed',
    setup(context) {
      const IMPORTERS =
        /node_modules\/(commander|terminal-size)\/|src\/(commands\/(person|clipboard)|engine\/config-file)\.ts$/;
      context.onResolve({ filter: /^node:child_process$/ }, ({ importer, path }) =>
        IMPORTERS.test(importer) ? { path, namespace: 'processes-when-needed' } : undefined,
      );
      context.onLoad({ filter: /.*/, namespace: 'processes-when-needed' }, () => ({
        contents: ['spawn', 'spawnSync', 'execFileSync']
          .map(
            (name) =>
              `exports.${name} = (...given) => process.getBuiltinModule('node:child_process').${name}(...given);`,
          )
          .join('\n'),
      }));
    },
  },
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
