import { parse as parseYaml } from 'yaml';
import type { Facts } from '../../core/facts.ts';
import { parseCode } from './code/ast.ts';
import { isUnpinned } from './code/marks.ts';
import { baseName, byCodeUnit, folderOf, isVendored, type Repository } from './files.ts';

type RepoProject = Facts['repoProject'];

const FRAMEWORKS: Readonly<Record<string, string>> = {
  next: 'next',
  nuxt: 'nuxt',
  '@remix-run/react': 'remix',
  '@react-router/dev': 'react-router',
  '@sveltejs/kit': 'sveltekit',
  astro: 'astro',
  vite: 'vite',
  expo: 'expo',
  'react-native': 'react-native',
  '@angular/core': 'angular',
  express: 'express',
  fastify: 'fastify',
  hono: 'hono',
  '@nestjs/core': 'nest',
  '@tanstack/react-start': 'tanstack-start',
};

/** Dependencies, frameworks, hosting, edge functions, workflows, documents and test suites of a repository. */
export function readProject(repository: Repository): RepoProject {
  const files = [...new Set([...repository.files, ...repository.untracked])]
    .filter((path) => !isVendored(path))
    .sort(byCodeUnit);
  const dependencies = dependenciesIn(repository, files);
  const names = new Set(dependencies.map(({ name }) => name));
  const prismaSchema = readPrisma(repository, files);
  const orms: RepoProject['orms'] = [];
  if (names.has('prisma') || names.has('@prisma/client') || prismaSchema) orms.push('prisma');
  if (names.has('drizzle-orm') || names.has('drizzle-kit')) orms.push('drizzle');
  return {
    dependencies,
    frameworks: [
      ...new Set(Object.entries(FRAMEWORKS).flatMap(([name, framework]) => (names.has(name) ? [framework] : []))),
    ].sort(byCodeUnit),
    orms,
    serverless: serverlessOf(files, names),
    edgeFunctions: edgeFunctionsIn(repository, files),
    workflows: workflowsIn(repository, files),
    documents: documentsIn(repository, files),
    e2eSuites: e2eIn(files, names),
    prismaSchema,
  };
}

function dependenciesIn(repository: Repository, files: readonly string[]): RepoProject['dependencies'] {
  const found: RepoProject['dependencies'] = [];
  for (const path of files) {
    if (baseName(path) !== 'package.json') continue;
    try {
      const parsed = JSON.parse(repository.read(path)?.text ?? '{}') as Record<
        string,
        Record<string, unknown> | undefined
      >;
      for (const key of ['dependencies', 'devDependencies']) {
        for (const [name, version] of Object.entries(parsed[key] ?? {})) {
          if (typeof version === 'string') found.push({ name, version: version.slice(0, 100), path });
        }
      }
    } catch {
      // A template's package.json need not be JSON; it declares nothing then.
    }
  }
  return found;
}

function serverlessOf(files: readonly string[], names: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  const named = new Set(files.map(baseName));
  if (
    named.has('vercel.json') ||
    files.some((path) => path.startsWith('.vercel/')) ||
    names.has('@vercel/analytics') ||
    names.has('@vercel/functions')
  )
    found.add('vercel');
  if (named.has('netlify.toml')) found.add('netlify');
  if (['wrangler.toml', 'wrangler.json', 'wrangler.jsonc'].some((name) => named.has(name))) found.add('cloudflare');
  if (['serverless.yml', 'serverless.ts', 'sst.config.ts', 'sst.json'].some((name) => named.has(name)))
    found.add('aws-lambda');
  // Next is deployed to functions unless a server of its own is built.
  if (names.has('next') && !named.has('Dockerfile')) found.add('next');
  return [...found].sort(byCodeUnit);
}

function edgeFunctionsIn(repository: Repository, files: readonly string[]): RepoProject['edgeFunctions'] {
  const found: RepoProject['edgeFunctions'] = [];
  for (const path of files) {
    const match = /^((?:.*\/)?supabase\/functions\/([^/_.][^/]*))\/(index|main)\.[cm]?[jt]sx?$/.exec(path);
    if (!match?.[1] || !match[2]) continue;
    const folder = match[1];
    const own = files.filter((file) => file.startsWith(`${folder}/`));
    const maps = ['deno.json', 'deno.jsonc', 'import_map.json']
      .map((name) => `${folder}/${name}`)
      .filter((file) => files.includes(file));
    const shared = [
      `${folderOf(folder)}/import_map.json`,
      `${folderOf(folder)}/deno.json`,
      `${folderOf(folder)}/deno.jsonc`,
    ].filter((file) => files.includes(file));
    const lock =
      own.some((file) => baseName(file) === 'deno.lock') ||
      files.includes(`${folderOf(folder)}/deno.lock`) ||
      files.includes('deno.lock');
    const sources = own.filter((file) => /\.[cm]?[jt]sx?$/.test(file)).flatMap((file) => importsOf(repository, file));
    const mapped = [...maps, ...(maps.length > 0 ? [] : shared)].flatMap((file) =>
      mapTargets(repository.read(file)?.text ?? ''),
    );
    const unpinned = [...sources, ...mapped].some(isUnpinned);
    found.push({ name: match[2], path, denoJson: maps.length > 0, pinned: lock || !unpinned });
  }
  return found;
}

function importsOf(repository: Repository, path: string): string[] {
  const text = repository.read(path)?.text;
  const ast = text === undefined ? null : parseCode(path, text).ast;
  return (ast?.program.body ?? []).flatMap((statement) =>
    (statement.type === 'ImportDeclaration' ||
      statement.type === 'ExportNamedDeclaration' ||
      statement.type === 'ExportAllDeclaration') &&
    statement.source
      ? [statement.source.value]
      : [],
  );
}

function mapTargets(text: string): string[] {
  try {
    const parsed = parseYaml(text) as { imports?: Record<string, unknown> } | null;
    return Object.values(parsed?.imports ?? {}).filter((value): value is string => typeof value === 'string');
  } catch {
    return [];
  }
}

type Run = RepoProject['workflows'][number]['runs'][number];

const RUNS: readonly [Run, RegExp][] = [
  ['db-dump', /\bsupabase\b[^\n;&|]*\bdb\s+dump\b|\bpg_dump(all)?\b/],
  [
    'storage-copy',
    /\brclone\s+(sync|copy)\b[^\n]*(storage|supabase|bucket)|\bsupabase\b[^\n;&|]*\bstorage\s+(cp|mv)\b|\baws\s+s3\s+(sync|cp)\b/,
  ],
  ['gen-types', /\bsupabase\b[^\n;&|]*\bgen\s+types\b|\bgen(erate)?[:-]?types\b|\btypes:gen(erate)?\b|\bdb:types\b/],
  [
    'db-push',
    /\bsupabase\b[^\n;&|]*\b(db\s+push|migration\s+up)\b|\bprisma\s+migrate\s+deploy\b|\bdrizzle-kit\s+(migrate|push)\b/,
  ],
  ['functions-deploy', /\bsupabase\b[^\n;&|]*\bfunctions\s+deploy\b/],
  ['db-test', /\bsupabase\b[^\n;&|]*\b(test\s+db|db\s+test)\b|\bpg_prove\b/],
  ['e2e', /\bplaywright\s+test\b|\bcypress\s+run\b|\b(test:)?e2e\b|cypress-io\/github-action/],
];

function workflowsIn(repository: Repository, files: readonly string[]): RepoProject['workflows'] {
  const scripts = scriptsIn(repository, files);
  return files
    .filter(
      (path) =>
        /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path) ||
        /(^|\/)(\.gitlab-ci|bitbucket-pipelines|azure-pipelines)\.ya?ml$/.test(path) ||
        path === '.circleci/config.yml',
    )
    .flatMap((path) => {
      const parsed = yaml(repository.read(path)?.text ?? '');
      if (parsed === null) return [];
      const commands: string[] = [];
      collectStrings(parsed, commands);
      // `npm run x` runs what package.json says x is.
      const text = commands.map((command) => `${command}\n${expand(command, scripts)}`).join('\n');
      const on = (parsed as Record<string, unknown>).on ?? (parsed as Record<string, unknown>).true;
      const scheduled = on !== null && typeof on === 'object' && 'schedule' in on;
      return [{ path, runs: RUNS.filter(([, pattern]) => pattern.test(text)).map(([run]) => run), scheduled }];
    });
}

function yaml(text: string): unknown {
  try {
    return parseYaml(text, { maxAliasCount: 100, logLevel: 'silent' });
  } catch {
    return null;
  }
}

/** Every string under `run`, `script`, `uses` and the like; names and conditions are left out. */
function collectStrings(value: unknown, out: string[], depth = 0): void {
  if (depth > 30 || value === null) return;
  if (typeof value === 'string') out.push(value);
  else if (Array.isArray(value)) for (const item of value) collectStrings(item, out, depth + 1);
  else if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value))
      if (!['name', 'if', 'env', 'on', 'with', 'description'].includes(key)) collectStrings(inner, out, depth + 1);
  }
}

function scriptsIn(repository: Repository, files: readonly string[]): Map<string, string> {
  const scripts = new Map<string, string>();
  for (const path of files) {
    if (baseName(path) !== 'package.json') continue;
    try {
      const parsed = JSON.parse(repository.read(path)?.text ?? '{}') as { scripts?: Record<string, unknown> };
      for (const [name, command] of Object.entries(parsed.scripts ?? {})) {
        if (typeof command === 'string') scripts.set(name, `${scripts.get(name) ?? ''}\n${command}`);
      }
    } catch {
      // Not JSON: no scripts.
    }
  }
  return scripts;
}

function expand(command: string, scripts: ReadonlyMap<string, string>): string {
  let text = command;
  for (let round = 0; round < 3; round++) {
    const called = [...text.matchAll(/\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?(?:-[\w-]+\s+)*([\w:.-]+)/g)].map(
      (match) => scripts.get(match[1] ?? '') ?? '',
    );
    if (called.every((script) => script === '')) break;
    text = called.join('\n');
    if (round < 2) command += `\n${text}`;
  }
  return command;
}

type DocumentKind = RepoProject['documents'][number]['kind'];

const DOCUMENT_NAMES: readonly [DocumentKind, RegExp][] = [
  ['privacy', /privacy|gdpr|datenschutz|data[-_ ]?protection/i],
  ['retention', /retention|data[-_ ]?lifecycle|deletion[-_ ]?policy/i],
  ['incident', /incident|on[-_ ]?call|postmortem|breach/i],
  ['restore', /restore|backup|disaster|recovery/i],
  ['runbook', /run[-_ ]?book|playbook|operations/i],
];
const MENTIONS: readonly [string, RegExp][] = [
  ['RPO', /\bRPO\b|recovery point/i],
  ['RTO', /\bRTO\b|recovery time/i],
  ['owner', /\bowners?\b|\bresponsible\b|\bon[- ]call\b/i],
  ['steps', /^\s*(?:\d+[.)]|[-*]\s+\[[ x]\])\s/m],
  ['restore', /\brestor(e|ing)\b/i],
  ['contact', /[\w.+-]+@[\w-]+\.[a-z]{2,}|\bphone\b|\bpager/i],
  ['severity', /\bsev(erity)?[- ]?\d|\bseverity\b/i],
];

function documentsIn(repository: Repository, files: readonly string[]): RepoProject['documents'] {
  const found: RepoProject['documents'] = [];
  for (const path of files) {
    const document = /\.(md|mdx|txt|adoc|rst)$/i.test(path) && !/(^|\/)(node_modules|changelogs?)\//i.test(path);
    // A privacy policy is often a page of the product itself.
    const page = /(^|\/)(privacy|datenschutz)[\w-]*(\/(page|index|\+page))?\.(tsx|jsx|vue|svelte|astro|mdx)$/i.test(
      path,
    );
    if (!document && !page) continue;
    const text = repository.read(path)?.text;
    if (text === undefined) continue;
    const mentions = MENTIONS.filter(([, pattern]) => pattern.test(text)).map(([name]) => name);
    const kinds = new Set<DocumentKind>();
    for (const [kind, pattern] of DOCUMENT_NAMES)
      if (page ? kind === 'privacy' : pattern.test(baseName(path))) kinds.add(kind);
    if (document) {
      // What a document is about also stands in its headings; a mention in passing does not make it one.
      for (const heading of text.matchAll(/^#{1,2}\s+(.{1,120})$/gm)) {
        for (const [kind, pattern] of DOCUMENT_NAMES) {
          const inDocs = /(^|\/)(docs?|documentation|runbooks?|legal|policies|ops)\//i.test(path);
          if (inDocs && pattern.test(heading[1] ?? '')) kinds.add(kind);
        }
      }
    }
    for (const kind of kinds) found.push({ kind, path, mentions });
  }
  return found;
}

function e2eIn(files: readonly string[], names: ReadonlySet<string>): RepoProject['e2eSuites'] {
  const found: RepoProject['e2eSuites'] = [];
  const configs: readonly [string, RegExp, readonly string[]][] = [
    ['playwright', /(^|\/)playwright[\w.-]*\.config\.[cm]?[jt]s$/, ['@playwright/test', 'playwright']],
    ['cypress', /(^|\/)cypress\.(config\.[cm]?[jt]s|json)$/, ['cypress']],
    ['webdriverio', /(^|\/)wdio\.conf\.[cm]?[jt]s$/, ['@wdio/cli']],
    ['detox', /(^|\/)\.detoxrc\.[cm]?js(on)?$/, ['detox']],
    ['maestro', /(^|\/)\.maestro\/[^/]+\.ya?ml$/, []],
  ];
  for (const [tool, pattern, packages] of configs) {
    const config = files.find((path) => pattern.test(path));
    if (config === undefined && !packages.some((name) => names.has(name))) continue;
    const specs = files.find(
      (path) =>
        /\.(spec|test|e2e|cy)\.[cm]?[jt]sx?$/.test(path) &&
        /(^|\/)(e2e|cypress|playwright|tests?|integration)(\/|$)/i.test(folderOf(path)),
    );
    // A configuration without a test, or a package that is only installed, is no suite.
    if (tool === 'maestro' ? config : config && specs) found.push({ tool, path: specs ?? config ?? '' });
  }
  return found;
}

/** `datasource` of a Prisma schema: the values of url and directUrl as written (`env("X")`), never a literal URL. */
function readPrisma(repository: Repository, files: readonly string[]): RepoProject['prismaSchema'] {
  const path =
    files.find((file) => baseName(file) === 'schema.prisma') ?? files.find((file) => file.endsWith('.prisma'));
  if (path === undefined) return null;
  const lines = (repository.read(path)?.text ?? '').split('\n');
  const start = lines.findIndex((line) => /^\s*datasource\s+\w+\s*\{/.test(line));
  if (start === -1) return { path, url: null, directUrl: null, line: 1 };
  const end = lines.findIndex((line, index) => index > start && /^\s*\}/.test(line));
  const block = lines.slice(start, end === -1 ? undefined : end);
  const read = (key: string) => {
    const value = block
      .map((line) => new RegExp(`^\\s*${key}\\s*=\\s*(.+?)\\s*(//.*)?$`).exec(line)?.[1])
      .find((found) => found !== undefined);
    if (value === undefined) return null;
    return /^env\(/.test(value) ? value : 'literal';
  };
  return { path, url: read('url'), directUrl: read('directUrl'), line: start + 1 };
}
