import type { EnvironmentKind } from '../../src/core/check.ts';
import type { Declared } from '../../src/core/facts/audit.ts';
import type { Severity } from '../../src/core/severity.ts';

/** What the test users of a fixture log in with. */
export const API_PASSWORD = 'correct-horse-battery';

/** Files of a repository by path; null takes one away. */
export type Files = Readonly<Record<string, string | null>>;

/**
 * The cases of one check, run in four phases on a real database that starts from our Supabase baseline:
 * 1 `silent` (what must stay silent: known false alarms) gives no finding; 2 after `defect` exactly `expect` is found;
 * 3 the check's own fix SQL (or `repair`) is applied; 4 silent again.
 * A check over a repository uses `repo` instead of, or besides, SQL.
 */
export interface CheckFixture {
  check: string;
  /** SQL for the case that must pass. The database then holds something to look at, so phase 1 is a pass, not not-applicable. */
  silent: string;
  /** SQL that plants the defect on top of `silent`. */
  defect: string;
  /**
   * describeObject() of each finding, and its severity. Complete: any other finding of this check fails the test. `at` is
   * the `file:line` that a finding of the object must name, `sql` what its fix must contain.
   */
  expect: readonly { object: string; severity: Severity; at?: string; sql?: string }[];
  /** SQL that mends it where the finding's own fix.sql is null; '' when `repo.fixed` does. */
  repair?: string;
  /** Run before the check's own fixes: what a person decides where a finding offers no SQL. */
  decided?: string;
  /** A Supabase-compatible API is served over the database, and asked; as users with these addresses (see API_PASSWORD). */
  api?: { users: readonly string[] };
  repo?: { silent: Files; defect?: Files; fixed?: Files };
  declared?: Partial<Declared>;
  /** What the expected status of phase 1 is when it cannot be `pass` (say why in a comment). */
  silentStatus?: 'pass' | 'not-applicable';
  /**
   * Facts that a test database cannot show (statistics a month old, a second machine's connection), laid over what was
   * collected, by facet and phase. Last resort.
   */
  overlay?: Partial<Record<'silent' | 'defect' | 'fixed', Readonly<Record<string, unknown>>>>;
  /** Judges roles, which belong to the whole server: the case gets a server of its own. */
  ownServer?: true;
  /** What the environment is; production unless said. */
  kind?: EnvironmentKind;
  parameters?: Readonly<Record<string, number | string | boolean | readonly string[]>>;
}
