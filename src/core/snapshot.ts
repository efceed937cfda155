import { canonicalJson, sha256 } from './canonical.ts';
import {
  type Collected,
  type CollectedFact,
  FACT_NAMES,
  type FactName,
  type Snapshot,
  type SnapshotHeader,
  VOLATILE_FACTS,
} from './facts.ts';

export interface SnapshotInput {
  environment: string;
  source: SnapshotHeader['source'];
  /** ISO 8601 UTC. */
  takenAt: string;
  durationMs: number;
  facts: Collected;
}

/** The canonical text of a facet's value: what its digest is taken over and what is stored. */
export function facetText(value: unknown): string {
  return canonicalJson(value);
}

const digests = new WeakMap<object, string>();

/** The digest of a facet's value. A value does not change once collected: its digest is taken once, by identity. */
export function facetDigest(value: unknown): string {
  const lasting = typeof value === 'object' && value !== null ? value : null;
  const known = lasting && digests.get(lasting);
  if (known) return known;
  const digest = sha256(facetText(value));
  if (lasting) digests.set(lasting, digest);
  return digest;
}

/**
 * Builds a snapshot: digests every collected facet and names the whole by the digest over environment, source and facets.
 * `known` carries digests of values that were not collected again (by identity of the value), to spare the hashing.
 */
export function snapshotOf(input: SnapshotInput, known?: Snapshot): Snapshot {
  const facets: SnapshotHeader['facets'] = {};
  for (const name of FACT_NAMES) {
    const fact = input.facts[name] as CollectedFact | undefined;
    if (!fact) continue;
    facets[name] = facetHeader(name, fact, known);
  }
  const id = sha256(
    canonicalJson({
      environment: input.environment,
      source: input.source,
      facets: Object.fromEntries(Object.entries(facets).map(([name, facet]) => [name, facet.sha256 ?? facet.status])),
    }),
  );
  const { environment, source, takenAt, durationMs } = input;
  return {
    header: { schema: 'supaready.snapshot/v1', id, environment, source, takenAt, durationMs, facets },
    facts: input.facts,
  };
}

function facetHeader(name: FactName, fact: CollectedFact, known?: Snapshot): SnapshotHeader['facets'][string] {
  if (fact.status !== 'ok')
    return { status: fact.status, sha256: null, rows: null, reason: fact.reason, hidden: [], ms: fact.ms };
  const before = known?.facts[name] as CollectedFact | undefined;
  const knownHeader = known?.header.facets[name];
  if (before === fact && knownHeader) return knownHeader;
  const { value, hidden, ms } = fact;
  const rows = Array.isArray(value) ? value.length : null;
  return { status: 'ok', sha256: facetDigest(value), rows, reason: null, hidden, ms };
}

/** The digest over all facts that only a change of the project changes: what a sign-off is given over. */
export function stableDigest(facets: Readonly<Record<string, string | null>>): string {
  return sha256(
    canonicalJson(Object.fromEntries(Object.entries(facets).filter(([name]) => !VOLATILE_FACTS.has(name as FactName)))),
  );
}
