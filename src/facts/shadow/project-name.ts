import type { Collected } from '../../core/facts.ts';

/** What the database of every hosted project is called. */
const PROJECT_DATABASE = 'postgres';

/**
 * Facts of a replayed database under a project's name: its own is one of chance, which would make two equal catalogues differ
 * and give each run's findings other fingerprints. Needs the facet `database` to know it.
 */
export function withProjectName(facts: Collected): Collected {
  const { database, roleSettings, cronJobs } = facts;
  if (database?.status !== 'ok') return facts;
  const { name } = database.value;
  const renamed = <R extends { database: string | null }>(rows: readonly R[]): R[] =>
    rows.map((row) => (row.database === name ? { ...row, database: PROJECT_DATABASE } : row));
  return {
    ...facts,
    database: { ...database, value: { ...database.value, name: PROJECT_DATABASE } },
    ...(roleSettings?.status === 'ok' && { roleSettings: { ...roleSettings, value: renamed(roleSettings.value) } }),
    ...(cronJobs?.status === 'ok' && cronJobs.value && { cronJobs: { ...cronJobs, value: renamed(cronJobs.value) } }),
  };
}
