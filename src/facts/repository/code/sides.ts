import { baseName, folderOf, type Repository } from '../files.ts';
import type { Module } from './modules.ts';

export type Side = 'client' | 'server' | 'edge' | 'unknown';

interface Package {
  folder: string;
  dependencies: ReadonlySet<string>;
}

const SERVER_FRAMEWORKS = [
  'express',
  'fastify',
  '@nestjs/core',
  'koa',
  '@hapi/hapi',
  '@trpc/server',
  'hono',
  '@elysiajs/node',
];
const MIXED_FRAMEWORKS = [
  'next',
  'nuxt',
  '@remix-run/node',
  '@remix-run/react',
  '@react-router/node',
  '@sveltejs/kit',
  'astro',
  '@tanstack/start',
  '@tanstack/react-start',
  'solid-start',
  '@solidjs/start',
];
const CLIENT_FRAMEWORKS = ['react', 'vue', 'svelte', '@angular/core', 'expo', 'react-native', 'preact', 'solid-js'];

/** Tells where a module runs, by path, directives, imports and the package it belongs to. */
export class Sides {
  readonly #packages: Package[];

  constructor(repository: Repository) {
    this.#packages = repository.files
      .filter((path) => baseName(path) === 'package.json' && !path.includes('node_modules/'))
      .map((path) => ({ folder: folderOf(path), dependencies: dependenciesOf(repository.read(path)?.text ?? '') }))
      .sort((a, b) => b.folder.length - a.folder.length);
  }

  of(module: Module): Side {
    const { path } = module;
    if (/(^|\/)supabase\/functions\//.test(path)) return 'edge';
    if (module.directives.includes('use client')) return 'client';
    if (module.directives.includes('use server')) return 'server';
    if (
      module.imports.some(
        (source) =>
          source === 'server-only' ||
          source === 'next/headers' ||
          source === 'next/server' ||
          source.startsWith('node:'),
      )
    )
      return 'server';
    if (module.imports.includes('client-only')) return 'client';
    if (/\.server\.[jt]sx?$/.test(path) || /(^|\/)\+(server|page\.server|layout\.server)\.[jt]s$/.test(path))
      return 'server';
    if (
      /(^|\/)(pages\/api|app\/api|api|server|functions|middleware)\//.test(path) ||
      /(^|\/)(route|middleware|hooks\.server|proxy)\.[jt]sx?$/.test(path)
    )
      return 'server';
    if (/(^|\/)(scripts?|bin|tools?|cli|migrations?|seeds?|prisma|jobs|cron|workers?)\//.test(path)) return 'server';
    if (/\.(vue|svelte)$/.test(path)) return 'client';
    if (path.endsWith('.astro')) return 'server';
    const own = this.#packages.find(({ folder }) => folder === '' || path.startsWith(`${folder}/`));
    if (!own) return 'unknown';
    const has = (names: readonly string[]) => names.some((name) => own.dependencies.has(name));
    if (own.dependencies.has('next') && /(^|\/)app\/.*\/?(page|layout|template|default)\.[jt]sx?$/.test(path))
      return 'server';
    if (has(MIXED_FRAMEWORKS)) return 'unknown';
    if (has(CLIENT_FRAMEWORKS)) return 'client';
    return has(SERVER_FRAMEWORKS) ? 'server' : 'unknown';
  }
}

/** Names of every dependency a package.json lists; none when it is not JSON. */
export function dependenciesOf(text: string): Set<string> {
  try {
    const parsed = JSON.parse(text) as Record<string, Record<string, unknown> | undefined>;
    return new Set(
      ['dependencies', 'devDependencies', 'peerDependencies'].flatMap((key) => Object.keys(parsed[key] ?? {})),
    );
  } catch {
    return new Set();
  }
}
