import { setImmediate } from 'node:timers/promises';
import type { Collected, CollectedFact, FactName, Facts } from '../../core/facts.ts';
import { loadSqlParser } from '../../core/sql.ts';
import { readAccess } from './access-contract.ts';
import { readCode } from './code/collect.ts';
import { readConfig } from './config-toml.ts';
import { readTypes } from './database-types.ts';
import { readEnv } from './env-files.ts';
import { isFolder, openRepository, type Repository } from './files.ts';
import { readKeys } from './keys.ts';
import { readMigrations } from './migrations/collect.ts';
import { readMigrationRisks } from './migrations/risks/collect.ts';
import { readProject } from './project.ts';

export interface RepositoryOptions {
  /** Folder to look at: a git work tree, a part of one, or plain files. */
  root: string;
  /** The migrations' folder, relative to root, when it is not where tools put it. */
  migrations?: string;
  names: readonly FactName[];
  signal?: AbortSignal;
  onFacet?: (name: FactName, done: number, total: number) => void;
}

/** A facet's value and why it may be incomplete. */
interface Read<N extends FactName> {
  value: Facts[N];
  notes: string[];
}

type Reader<N extends FactName> = (context: {
  repository: Repository;
  options: RepositoryOptions;
}) => Read<N> | Promise<Read<N>>;

const READERS: { [N in FactName]?: Reader<N> } = {
  repoFiles: ({ repository: { git, files, envFiles, notes } }) => ({
    value: { git, files: [...files], envFiles: [...envFiles] },
    notes: [...notes],
  }),
  repoConfig: ({ repository }) => complete(readConfig(repository)),
  repoMigrations: ({ repository, options }) => readMigrations(repository, readConfig(repository), options.migrations),
  migrationRisks: ({ repository, options }) => readMigrationRisks(repository, options.migrations),
  repoKeys: ({ repository, options }) => readKeys(repository, options.signal),
  repoEnv: ({ repository }) => complete(readEnv(repository)),
  repoCode: ({ repository, options }) => readCode(repository, options.signal),
  repoTypes: ({ repository }) => complete(readTypes(repository)),
  repoProject: ({ repository }) => complete(readProject(repository)),
  repoAccess: ({ repository }) => complete(readAccess(repository)),
};

function complete<T>(value: T): { value: T; notes: string[] } {
  return { value, notes: [] };
}

/**
 * Collects the facets that a repository alone can tell. Nothing of the repository is executed. A facet that fails is `error`
 * with its reason and leaves the others alone; an abort throws the signal's reason.
 */
export async function collectRepository(options: RepositoryOptions): Promise<Collected> {
  const { root, signal, onFacet } = options;
  const names = options.names.filter((name) => READERS[name] !== undefined);
  const collected: Record<string, CollectedFact> = {};
  if (!isFolder(root)) {
    for (const name of names)
      collected[name] = { status: 'absent', reason: 'the repository folder does not exist', ms: 0 };
    return collected as Collected;
  }
  await loadSqlParser();
  const repository = await openRepository(root, signal);
  for (const [done, name] of names.entries()) {
    signal?.throwIfAborted();
    const started = performance.now();
    try {
      const read = READERS[name] as Reader<FactName> | undefined;
      if (!read) continue;
      const { value, notes } = await read({ repository, options });
      collected[name] = { status: 'ok', value, hidden: summed(notes), ms: Math.round(performance.now() - started) };
    } catch (error) {
      signal?.throwIfAborted();
      const reason = `could not be read from the repository: ${(error as Error).message.split('\n')[0] ?? 'unknown cause'}`;
      collected[name] = { status: 'error', reason, ms: Math.round(performance.now() - started) };
    }
    onFacet?.(name, done + 1, names.length);
    await setImmediate();
  }
  return collected as Collected;
}

/** A few notes in full, the rest as a number. */
function summed(notes: readonly string[]): string[] {
  return notes.length <= 5 ? [...notes] : [...notes.slice(0, 4), `and ${notes.length - 4} more of this kind`];
}
