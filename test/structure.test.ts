import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from '@babel/parser';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../src', import.meta.url));

/** Which rooms a room may import from (DESIGN.md §4): only downwards. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  facts: ['core'],
  steps: ['core'],
  state: ['core'],
  engine: ['core', 'facts', 'state', 'steps'],
  report: ['core', 'engine'],
  evidence: ['core', 'engine', 'facts', 'report', 'state', 'steps'],
  ui: ['core', 'engine', 'report'],
  commands: ['core', 'engine', 'evidence', 'facts', 'report', 'state', 'steps', 'ui'],
  cli: ['commands', 'core', 'steps'],
};

/** Packages a room must not know of. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  core: ['pg', 'ink', 'react', 'node:fs', 'node:fs/promises', 'node:child_process'],
  steps: ['pg', 'ink', 'react', 'node:fs', 'node:fs/promises', 'node:child_process', 'node:http', 'node:https'],
  ui: ['pg', 'libpg-query'],
  engine: ['pg', 'ink', 'react'],
  state: ['pg', 'ink', 'react'],
  facts: ['ink', 'react'],
};

interface Import {
  file: string;
  source: string;
  /** Brought in under names of their own, not as a whole: `import { z }`. */
  named: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}

function importsOf(path: string): { imports: Import[]; reexports: boolean } {
  const { program } = parse(readFileSync(path, 'utf8'), { sourceType: 'module', plugins: ['typescript', 'jsx'] });
  const imports: Import[] = [];
  let reexports = false;
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      const named = node.importKind !== 'type' && node.specifiers.some(({ type }) => type === 'ImportSpecifier');
      imports.push({ file: path, source: node.source.value, named });
    }
    if ((node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') && node.source) {
      imports.push({ file: path, source: node.source.value, named: true });
      reexports = true;
    }
  }
  return { imports, reexports };
}

const room = (path: string) =>
  relative(root, path)
    .split('/')[0]
    ?.replace(/\.tsx?$/, '') ?? '';
const files = sources(root);
const all = files.flatMap((path) => importsOf(path).imports);

describe('structure', () => {
  test('imports only run downwards', () => {
    const wrong = all
      .filter(({ source }) => source.startsWith('.'))
      .map(({ file, source }) => ({ file, from: room(file), to: room(resolve(dirname(file), source)), source }))
      .filter(({ from, to }) => from !== to && !MAY_IMPORT[from]?.includes(to))
      .map(({ file, source }) => `${relative(root, file)} → ${source}`);
    expect(wrong).toEqual([]);
  });

  test('the wizard knows the engine by its controller only', () => {
    const wrong = all
      .filter(
        ({ file, source }) =>
          room(file) === 'ui' && source.startsWith('.') && room(resolve(dirname(file), source)) === 'engine',
      )
      .filter(({ source }) => !source.endsWith('/controller.ts'))
      .map(({ file, source }) => `${relative(root, file)} → ${source}`);
    expect(wrong).toEqual([]);
  });

  test('no room knows a package that is not its business', () => {
    const wrong = all
      .filter(({ file, source }) => FORBIDDEN[room(file)]?.includes(source))
      .map(({ file, source }) => `${relative(root, file)} → ${source}`);
    expect(wrong).toEqual([]);
  });

  test('zod is imported as a namespace, of which the bundle holds only what is used', () => {
    const wrong = all.filter(({ source, named }) => source === 'zod' && named).map(({ file }) => relative(root, file));
    expect(wrong).toEqual([]);
  });

  test('there are no barrels', () => {
    const barrels = files.filter(
      (path) =>
        /(^|\/)index\.tsx?$/.test(path) ||
        (importsOf(path).reexports && readFileSync(path, 'utf8').split('\n').length < 15),
    );
    expect(barrels.map((path) => relative(root, path))).toEqual([]);
  });
});
