import type { Facts } from '../../../core/facts.ts';
import { folderOf, type Repository } from '../files.ts';
import { filesOfGlobs } from './discover.ts';

/** The schema a Supabase project declares (supabase/schemas), as `supabase db diff` reads it. */
export interface DeclaredSchema {
  /** In the order in which they are run. */
  paths: string[];
  /** `schema_paths`: config.toml lists them. `folder`: all of supabase/schemas, by name. */
  source: 'schema_paths' | 'folder';
  /** Patterns of config.toml that name no file. */
  empty: string[];
}

/**
 * The declarative schema: `[db.migrations].schema_paths` of config.toml in its order (globs by name within one), else every
 * SQL file below supabase/schemas by path. Null when the project has none. Source: Supabase docs, “Declarative database schemas”.
 */
export function findDeclaredSchema(
  repository: Repository,
  config: Facts['repoConfig'],
  directory: string | null,
): DeclaredSchema | null {
  const folder = config ? folderOf(config.path) : directory === null ? null : folderOf(directory);
  if (folder === null) return null;
  const all = [...new Set([...repository.files, ...repository.untracked])];
  const migrations = (config?.values.db as { migrations?: { schema_paths?: unknown } } | undefined)?.migrations;
  const patterns = Array.isArray(migrations?.schema_paths)
    ? migrations.schema_paths.filter((path): path is string => typeof path === 'string')
    : [];
  if (patterns.length > 0) {
    const { paths, empty } = filesOfGlobs(all, folder, patterns);
    return { paths: paths.filter((path) => path.endsWith('.sql')), source: 'schema_paths', empty };
  }
  const prefix = folder === '' ? 'schemas/' : `${folder}/schemas/`;
  const paths = all.filter((path) => path.startsWith(prefix) && path.endsWith('.sql')).sort();
  return paths.length === 0 ? null : { paths, source: 'folder', empty: [] };
}
