import type { File, Node } from '@babel/types';
import { parse as parseJsonc } from 'jsonc-parser';
import { baseName, folderOf, joinPath, type Repository } from '../files.ts';
import { parseCode } from './ast.ts';
import { type Binding, type Scopes, scopesOf } from './scopes.ts';

/** One parsed source file. */
export interface Module {
  path: string;
  ast: File;
  scopes: Scopes;
  /** The first directives: `use client`, `use server`. */
  directives: readonly string[];
  /** Sources of its imports, also of `import()` and `require` at the top. */
  imports: readonly string[];
}

/** A name somewhere else: the module and what it means there. */
export interface Exported {
  module: Module;
  binding: Binding;
  /** Where the binding is looked up from. */
  at: Node;
}

const EXTENSIONS = [
  '',
  '.ts',
  '.tsx',
  '.js',
  '.jsx',
  '.mts',
  '.mjs',
  '.cts',
  '.cjs',
  '/index.ts',
  '/index.tsx',
  '/index.js',
  '/index.jsx',
];
/** Parsed files kept at a time: trees are large, and imports are looked up near where they are used. */
const KEPT = 150;

/** Parses the files of a repository on demand and follows imports between them. */
export class Modules {
  readonly errors: { path: string; line: number; message: string }[] = [];
  readonly #repository: Repository;
  readonly #paths: ReadonlySet<string>;
  readonly #kept = new Map<string, Module | null>();
  readonly #failed = new Set<string>();
  readonly #aliases = new Map<string, { prefix: string; exact: boolean; targets: string[] }[]>();
  readonly #packages: Map<string, string>;

  constructor(repository: Repository, paths: readonly string[]) {
    this.#repository = repository;
    this.#paths = new Set(paths);
    this.#packages = new Map();
    for (const path of repository.files) {
      if (baseName(path) !== 'package.json' || path.includes('node_modules/')) continue;
      const name = readJson(repository, path)?.name;
      if (typeof name === 'string') this.#packages.set(name, folderOf(path));
    }
  }

  /** The module at a path; null when it is not code of the repository or does not parse. */
  load(path: string): Module | null {
    const known = this.#kept.get(path);
    if (known !== undefined) {
      this.#kept.delete(path);
      this.#kept.set(path, known);
      return known;
    }
    const module = this.#parse(path);
    this.#kept.set(path, module);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value as string);
    return module;
  }

  #parse(path: string): Module | null {
    const text = this.#repository.read(path)?.text;
    if (text === undefined) {
      this.#fail(path, 1, 'larger than 2 MB or not text');
      return null;
    }
    const { ast, error } = parseCode(path, text);
    if (ast === null) {
      this.#fail(path, error.line, error.message);
      return null;
    }
    const imports: string[] = [];
    for (const statement of ast.program.body) {
      if (statement.type === 'ImportDeclaration' || statement.type === 'ExportAllDeclaration')
        imports.push(statement.source.value);
      if (statement.type === 'ExportNamedDeclaration' && statement.source) imports.push(statement.source.value);
    }
    const directives = ast.program.directives.map((directive) => directive.value.value);
    return { path, ast, scopes: scopesOf(ast.program), directives, imports };
  }

  #fail(path: string, line: number, message: string): void {
    if (this.#failed.has(path)) return;
    this.#failed.add(path);
    this.errors.push({ path, line, message });
  }

  /** The repository's file that an import names; null for packages and what cannot be found. */
  resolve(from: string, source: string): string | null {
    if (source.startsWith('.')) {
      const target = joinPath(folderOf(from), source);
      return target === null ? null : this.#file(target);
    }
    for (const { prefix, exact, targets } of this.#aliasesFor(folderOf(from))) {
      if (exact ? source !== prefix : !source.startsWith(prefix)) continue;
      for (const target of targets) {
        const file = this.#file(exact ? target : `${target}${source.slice(prefix.length)}`);
        if (file) return file;
      }
    }
    const name = source.startsWith('@') ? source.split('/').slice(0, 2).join('/') : (source.split('/')[0] ?? '');
    const folder = this.#packages.get(name);
    if (folder === undefined) return null;
    const rest = source.slice(name.length + 1);
    const base = folder === '' ? '' : `${folder}/`;
    return rest === ''
      ? (this.#file(`${base}src/index`) ?? this.#file(`${base}index`) ?? this.#file(`${base}src`))
      : (this.#file(`${base}${rest}`) ?? this.#file(`${base}src/${rest}`));
  }

  /** True when an import names a package that is no folder of this repository. */
  isForeign(from: string, source: string): boolean {
    return (
      !source.startsWith('.') &&
      this.resolve(from, source) === null &&
      !/^[@~#$]\//.test(source) &&
      !source.startsWith('$')
    );
  }

  #file(target: string): string | null {
    for (const extension of EXTENSIONS) {
      const path = `${target}${extension}`;
      if (this.#paths.has(path)) return path;
    }
    // TypeScript lets `./x.js` name x.ts.
    const stem = target.replace(/\.[cm]?jsx?$/, '');
    return stem === target
      ? null
      : (['.ts', '.tsx', '.mts', '.cts'].map((extension) => stem + extension).find((path) => this.#paths.has(path)) ??
          null);
  }

  #aliasesFor(folder: string): { prefix: string; exact: boolean; targets: string[] }[] {
    const known = this.#aliases.get(folder);
    if (known) return known;
    const at = (name: string) => (folder === '' ? name : `${folder}/${name}`);
    let own: { prefix: string; exact: boolean; targets: string[] }[] = [];
    for (const name of ['tsconfig.json', 'tsconfig.app.json', 'jsconfig.json']) {
      const options = readJson(this.#repository, at(name))?.compilerOptions as
        | { baseUrl?: unknown; paths?: unknown }
        | undefined;
      if (typeof options?.paths !== 'object' || options.paths === null) continue;
      const base = joinPath(folder, typeof options.baseUrl === 'string' ? options.baseUrl : '.') ?? '';
      for (const [pattern, targets] of Object.entries(options.paths as Record<string, unknown>)) {
        if (!Array.isArray(targets)) continue;
        own.push({
          prefix: pattern.replace(/\*$/, ''),
          exact: !pattern.endsWith('*'),
          targets: targets.flatMap((target) =>
            typeof target === 'string' ? [withSlash(joinPath(base, target.replace(/\*$/, '')) ?? '', target)] : [],
          ),
        });
      }
    }
    if (own.length === 0 && (this.#repository.size(at('package.json')) !== null || folder === '')) {
      const src = [at('src/'), at('app/'), folder === '' ? '' : `${folder}/`];
      own = ['@/', '~/', '~~/', '@@/'].map((prefix) => ({ prefix, exact: false, targets: src }));
      own.push({ prefix: '$lib/', exact: false, targets: [at('src/lib/')] });
    }
    const all = folder === '' ? own : [...own, ...this.#aliasesFor(folderOf(folder))];
    this.#aliases.set(folder, all);
    return all;
  }

  /** What a module exports under a name, through re-exports. */
  exported(path: string, name: string, depth = 0): Exported | null {
    const module = depth > 5 ? null : this.load(path);
    if (module === null) return null;
    const { program } = module.ast;
    for (const statement of program.body) {
      if (statement.type === 'ExportNamedDeclaration') {
        for (const specifier of statement.specifiers) {
          if (specifier.type !== 'ExportSpecifier') continue;
          const exported =
            specifier.exported.type === 'Identifier' ? specifier.exported.name : specifier.exported.value;
          if (exported !== name) continue;
          if (!statement.source) return this.#bound(module, specifier.local.name, program, depth);
          const target = this.resolve(path, statement.source.value);
          return target === null ? null : this.exported(target, specifier.local.name, depth + 1);
        }
        const declaration = statement.declaration;
        const declares =
          (declaration?.type === 'FunctionDeclaration' || declaration?.type === 'TSEnumDeclaration') &&
          declaration.id?.name === name;
        const variable = declaration?.type === 'VariableDeclaration' && module.scopes.lookup(name, program) !== null;
        if (declares || variable) {
          const found = this.#bound(module, name, program, depth);
          if (found) return found;
        }
      }
      if (statement.type === 'ExportDefaultDeclaration' && name === 'default') {
        const { declaration } = statement;
        if (declaration.type === 'Identifier') return this.#bound(module, declaration.name, program, depth);
        if (declaration.type === 'FunctionDeclaration')
          return { module, binding: { kind: 'function', node: declaration }, at: program };
        const binding: Binding = { kind: 'variable', constant: true, init: declaration, path: [], annotation: null };
        return { module, binding, at: program };
      }
    }
    for (const statement of program.body) {
      if (statement.type !== 'ExportAllDeclaration') continue;
      const target = this.resolve(path, statement.source.value);
      const found = target === null ? null : this.exported(target, name, depth + 1);
      if (found) return found;
    }
    return null;
  }

  #bound(module: Module, name: string, at: Node, depth: number): Exported | null {
    const binding = module.scopes.lookup(name, at);
    if (binding === null) return null;
    return this.follow({ module, binding, at }, depth + 1);
  }

  /** A binding that is an import, followed to what it names; any other binding itself. Null when it leads out of the repository. */
  follow(found: Exported, depth = 0): Exported | null {
    if (found.binding.kind !== 'import') return found;
    const target = this.resolve(found.module.path, found.binding.source);
    return target === null || found.binding.imported === '*'
      ? null
      : this.exported(target, found.binding.imported, depth + 1);
  }
}

function withSlash(joined: string, target: string): string {
  return target.endsWith('/*') && joined !== '' ? `${joined}/` : joined;
}

function readJson(repository: Repository, path: string): Record<string, unknown> | null {
  const text = repository.size(path) === null ? undefined : repository.read(path)?.text;
  if (text === undefined) return null;
  const value: unknown = parseJsonc(text);
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null;
}
