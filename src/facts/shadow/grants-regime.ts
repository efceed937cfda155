import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';

/*
 * What a table, sequence or function that `postgres` makes in schema public is granted by default.
 * Source: Supabase changelog 45329 (2026-04-28) and supabase/cli pull requests 5239 and 5524.
 */

export type GrantsRegime = 'legacy' | 'closed';

/** Projects created from this moment on start closed. */
const NEW_PROJECTS = '20260530000000';
/** All projects are closed from this moment on, for what is made then. */
const ALL_PROJECTS = '20261030000000';

const VERB = { legacy: ['grant', 'to'], closed: ['revoke', 'from'] } as const;

/** Statements that put the regime in force for what `postgres` makes from now on. */
export function regimeSql(regime: GrantsRegime): string {
  const [verb, preposition] = VERB[regime];
  return (
    [
      ['select, insert, update, delete', 'tables'],
      ['usage, select', 'sequences'],
      ['execute', 'functions'],
    ] as const
  )
    .map(
      ([rights, objects]) =>
        `alter default privileges for role postgres in schema public ${verb} ${rights} on ${objects} ${preposition} anon, authenticated, service_role;`,
    )
    .join('\n');
}

/** `[api].auto_expose_new_tables` of supabase/config.toml; null when unset, or when there is no such file that parses. */
export function autoExpose(root: string, configPath: string | null): boolean | null {
  if (configPath === null) return null;
  try {
    const { api } = parse(readFileSync(join(root, configPath), 'utf8')) as {
      api?: { auto_expose_new_tables?: unknown };
    };
    return typeof api?.auto_expose_new_tables === 'boolean' ? api.auto_expose_new_tables : null;
  } catch {
    return null;
  }
}

/**
 * The regime of each file by its time stamp (14 digits; null where the tool gives none, then as the file before it).
 * The first file's time stands for the project's creation.
 */
export function regimesOf(
  stamps: readonly (string | null)[],
  wanted: 'auto' | GrantsRegime,
  exposed: boolean | null,
): GrantsRegime[] {
  if (wanted !== 'auto') return stamps.map(() => wanted);
  if (exposed !== null) return stamps.map(() => (exposed ? 'legacy' : 'closed'));
  const created = stamps.find((stamp) => stamp !== null) ?? null;
  const isNew = created !== null && created >= NEW_PROJECTS;
  let current: GrantsRegime = isNew ? 'closed' : 'legacy';
  return stamps.map((stamp) => {
    if (stamp !== null) current = isNew || stamp >= ALL_PROJECTS ? 'closed' : 'legacy';
    return current;
  });
}
