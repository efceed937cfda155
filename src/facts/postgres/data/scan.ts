import type { Declared } from '../../../core/facts/audit.ts';
import type { Collected, FactName, Facts } from '../../../core/facts.ts';
import type { Ask, ScanLink } from './link.ts';
import type { Plan } from './tables.ts';

export interface DataOptions {
  /** Connection string; a secret, never shown. */
  url: string;
  /** Facets wanted; those of other collectors are passed over. */
  names: readonly FactName[];
  /** Must hold relations, columns and constraints; tableStats spares counting large tables. */
  catalogue: Collected;
  /** Counts of the snapshot before, of the same environment. */
  previousCounts: Facts['rowCounts'] | null;
  /** Samples of the snapshot before: a sweep that was cut short is taken up where it ended. */
  previousSamples?: Facts['columnSamples'] | null;
  /** What the project declares; its seed rows are counted. */
  declared?: Declared;
  /** The production environment given in the same run, when this is another one; its URL is a secret. */
  production?: { name: string; url: string } | null;
  /** Probes a person agreed to, by name. */
  consents?: ReadonlySet<string>;
  /** How long sampling may take; SAMPLING_MS unless given. */
  samplingMs?: number;
  /** ISO 8601 UTC. */
  now?: () => string;
  signal?: AbortSignal;
  onProgress?: (label: string, done: number, total: number) => void;
  /** Told when sampling begins: what it has come to so far, at any later time, also after it was cut short. */
  onSampling?: (current: () => Facts['columnSamples']) => void;
}

/** What a scan works with. */
export interface Scan {
  ask: Ask;
  link: ScanLink;
  plan: Plan;
  options: DataOptions;
}

/** What a scan brings: the facet's value, and what it could not see. */
export interface Outcome<N extends FactName> {
  value: Facts[N];
  hidden: string[];
}

/** An outcome in which everything was seen (or carries its own errors). */
export function seen<N extends FactName>(value: Facts[N]): Outcome<N> {
  return { value, hidden: [] };
}
