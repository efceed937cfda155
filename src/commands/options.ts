import type { EnvironmentKind } from '../core/check.ts';

/** Which database, repository and audit is meant. */
export interface AuditOptions {
  dbUrl?: string;
  /** Of the project's API, beside --db-url. */
  apiUrl?: string;
  env?: string;
  kind?: EnvironmentKind;
  repo?: string;
  migrations?: string;
  fromMigrations?: boolean;
  defaultGrants?: 'auto' | 'legacy' | 'closed';
  shadowUrl?: string;
  config?: string;
  audit?: string;
  new?: boolean;
  stateDir?: string;
  screenReader?: boolean;
  /** Probes agreed to, by name or check. */
  allowProbe?: string[];
}

export type Format = 'table' | 'json' | 'markdown';

export interface CheckOptions extends AuditOptions {
  format: Format;
  save: boolean;
  findings: boolean;
}
