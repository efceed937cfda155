import * as z from 'zod';
import { auditFacets } from './facts/audit.ts';
import { dataFacets } from './facts/data.ts';
import type { FacetDeclaration, FacetTraits } from './facts/facet.ts';
import { httpFacets } from './facts/http.ts';
import { networkFacets } from './facts/network.ts';
import { platformFacets } from './facts/platform.ts';
import { repositoryFacets } from './facts/repository.ts';
import { schemaFacets } from './facts/schema.ts';
import { serverFacets } from './facts/server.ts';
import { shadowFacets } from './facts/shadow.ts';

const catalogueFacets = { ...serverFacets, ...schemaFacets };

/** Every fact group (“facet”) a snapshot can hold, by the name it has there; declared in src/core/facts/, by source. */
const facets = {
  ...catalogueFacets,
  ...networkFacets,
  ...dataFacets,
  ...platformFacets,
  ...repositoryFacets,
  ...shadowFacets,
  ...httpFacets,
  ...auditFacets,
};

type Declarations = typeof facets;
export type FactName = keyof Declarations;
export type Facts = { [N in FactName]: z.infer<Declarations[N]['schema']> };
export type Row<N extends FactName> = Facts[N] extends readonly (infer R)[] ? R : never;
export type Relation = Row<'relations'>;
export type Column = Row<'columns'>;
export type Constraint = Row<'constraints'>;
export type Index = Row<'indexes'>;
export type Policy = Row<'policies'>;
export type FunctionFact = Row<'functions'>;
export type Trigger = Row<'triggers'>;
export type Role = Row<'roles'>;

export const FACT_NAMES = Object.keys(facets) as FactName[];

/** The zod schema of a facet. */
export function factSchema<N extends FactName>(name: N): Declarations[N]['schema'] {
  return facets[name].schema;
}

function withTrait(trait: keyof FacetTraits): ReadonlySet<FactName> {
  return new Set(FACT_NAMES.filter((name) => (facets[name] as FacetDeclaration)[trait]));
}

/** Facets that change without anybody changing the project; a new digest of theirs makes nothing stale. */
export const VOLATILE_FACTS = withTrait('volatile');

/** Facets that hold no meaning in a database replayed from migrations: nobody's data and no load are there. */
export const LIVE_ONLY_FACTS = withTrait('liveOnly');

function namesOf<T extends object>(declared: T): readonly (keyof T & string)[] {
  return Object.keys(declared) as (keyof T & string)[];
}

/** Which collector brings a facet. */
export const FACT_SOURCES = {
  catalogue: namesOf(catalogueFacets),
  network: namesOf(networkFacets),
  data: namesOf(dataFacets),
  platform: namesOf(platformFacets),
  repository: namesOf(repositoryFacets),
  shadow: namesOf(shadowFacets),
  http: namesOf(httpFacets),
  audit: namesOf(auditFacets),
} as const satisfies Record<string, readonly FactName[]>;

/** How the collection of one facet ended. Only `ok` has a value. */
export const facetStatusSchema = z.enum(['ok', 'denied', 'timeout', 'absent', 'error']);

/** One collected facet: its value, or why there is none. */
export type CollectedFact<N extends FactName = FactName> =
  | {
      status: 'ok';
      value: Facts[N];
      /** Objects known to exist that could not be seen, in words; a check over this facet is then never a pass. */
      hidden: string[];
      ms: number;
    }
  | {
      status: 'denied' | 'timeout' | 'absent' | 'error' /** Cause and what would make it available. */;
      reason: string;
      ms: number;
    };

/** What a collector brings back: facets by name; one that it does not bring is `absent`. */
export type Collected = { [N in FactName]?: CollectedFact<N> };

export const snapshotHeaderSchema = z.object({
  schema: z.literal('supaready.snapshot/v1'),
  /** sha256 over environment, source and facet digests. */
  id: z.string(),
  environment: z.string(),
  source: z.enum(['live', 'from-migrations']),
  takenAt: z.string(),
  durationMs: z.number(),
  facets: z.record(
    z.string(),
    z.object({
      status: facetStatusSchema,
      /** Digest of the canonical JSON of the value; null unless ok. */
      sha256: z.string().nullable(),
      rows: z.int().nullable(),
      reason: z.string().nullable(),
      hidden: z.array(z.string()),
      ms: z.number(),
    }),
  ),
});
export type SnapshotHeader = z.infer<typeof snapshotHeaderSchema>;

/** All facts of one environment at one moment. */
export interface Snapshot {
  header: SnapshotHeader;
  facts: Collected;
}
