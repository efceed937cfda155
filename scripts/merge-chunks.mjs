import { rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';

/** The chunks that loading the bundle of any of `sources` loads too. */
function chunksOf(outputs, sources) {
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path) || !outputs[path]) return;
    seen.add(path);
    for (const { path: imported, kind } of outputs[path].imports) if (kind === 'import-statement') visit(imported);
  };
  for (const [path, { entryPoint }] of Object.entries(outputs)) if (sources.includes(entryPoint)) visit(path);
  return [...seen].filter((path) => !outputs[path].entryPoint);
}

/**
 * Puts chunks that are loaded together into one file each of `groups`: its name, and the sources whose chunks belong into it;
 * the chunks of `apart` stay small. esbuild cuts a chunk for every set of entry points that share a module, some fifty of
 * them before the first frame, and Node takes most of a millisecond to find and load each.
 */
export async function mergeChunks({ outputs, options, groups, apart }) {
  const root = options.absWorkingDir;
  const taken = new Set(chunksOf(outputs, apart));
  /** Chunk → the file it goes into, and its exports by the names they have there. */
  const merged = new Map();
  for (const [group, sources] of Object.entries(groups)) {
    for (const path of chunksOf(outputs, sources).filter((one) => !taken.has(one))) {
      const names = outputs[path].exports.map((own) => [own, `m${taken.size}_${own}`]);
      taken.add(path);
      merged.set(join(root, path), { group, names });
    }
  }
  const reexport = (names, from) => `export {${names.map((pair) => pair.join(' as '))}} from ${JSON.stringify(from)};`;
  const importers = Object.entries(outputs)
    .filter(
      ([path, { imports }]) => !merged.has(join(root, path)) && imports.some((one) => merged.has(join(root, one.path))),
    )
    .map(([path]) => path);

  const plugin = {
    name: 'merged-chunks',
    setup(context) {
      context.onResolve({ filter: /.*/ }, ({ path, kind, resolveDir, pluginData, namespace, importer }) => {
        if (kind === 'entry-point') return Object.hasOwn(groups, path) ? { path, namespace: 'group' } : undefined;
        const chunk = resolve(resolveDir, path);
        const there = merged.get(chunk);
        if (kind === 'dynamic-import' || there === undefined) return { path, external: true };
        const inside = namespace === 'group' ? pluginData : merged.get(importer)?.group;
        return inside === there.group ? { path: chunk } : { path: chunk, namespace: 'elsewhere' };
      });
      context.onLoad({ filter: /.*/, namespace: 'group' }, ({ path: group }) => ({
        contents: [...merged]
          .filter(([, one]) => one.group === group)
          .map(([chunk, { names }]) => reexport(names, chunk))
          .join('\n'),
        resolveDir: root,
        pluginData: group,
      }));
      context.onLoad({ filter: /.*/, namespace: 'elsewhere' }, ({ path }) => {
        const { group, names } = merged.get(path);
        return {
          contents: reexport(
            names.map(([own, there]) => [there, own]),
            `./${group}.js`,
          ),
          resolveDir: root,
        };
      });
    },
  };
  await build({
    ...options,
    entryPoints: [
      ...Object.keys(groups).map((group) => ({ in: group, out: group })),
      ...importers.map((path) => ({ in: join(root, path), out: basename(path, '.js') })),
    ],
    outdir: join(options.outdir, 'chunks'),
    splitting: false,
    allowOverwrite: true,
    // What it brings stands in the chunks already.
    banner: {},
    plugins: [plugin],
  });
  for (const path of merged.keys()) rmSync(path);
}
