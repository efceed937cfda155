// esbuild plugins every bundle with Ink in it needs: the program's and the benchmark's.
export const inkPlugins = [
  {
    // Ink measures every line of every frame anew; with widths remembered a key is drawn in two thirds of the time.
    name: 'remembered-widths',
    setup(context) {
      const inInk = /node_modules\/(ink|widest-line|cli-truncate|slice-ansi)\//;
      context.onResolve({ filter: /^string-width$/ }, ({ importer }) =>
        inInk.test(importer) ? { path: new URL('../src/ui/width.ts', import.meta.url).pathname } : undefined,
      );
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
