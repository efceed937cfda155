import type { CollectedFact, FACT_SOURCES, Facts } from '../../core/facts.ts';
import type { OwnLink } from './connect.ts';
import type { ObjectNames } from './object-names.ts';
import type { Probe } from './probe.ts';
import type { Fields } from './stream-rows.ts';

export type CatalogueName = (typeof FACT_SOURCES.catalogue)[number];

/** What a facet's query needs to know before it is written. */
export interface FacetContext {
  probe: Probe;
  link: OwnLink;
  embedded: boolean;
  names: ObjectNames;
}

/** A facet of many rows, made while they arrive as arrays in the order of the select list. */
export interface StreamedPlan<N extends CatalogueName> {
  sql: string;
  onRow: (fields: Fields) => void;
  /** Called once, after the last row. */
  value: () => Facts[N];
  /** Its rows name columns by number: the columns must have been collected before. */
  needsColumns?: true;
}

/** How a facet is had: by a query over the catalogue, or not at all, with the answer that is already known. */
export type FacetPlan<N extends CatalogueName> =
  | {
      /** One SELECT, composed; its rows arrive as objects with the columns' names. */
      sql: string;
      /** Makes the facet's value of the rows; without it the rows are the value. */
      shape?: (rows: never[]) => Facts[N];
      /** What is known to be hidden from the role, in words. */
      hidden?: (value: Facts[N]) => string[];
    }
  | StreamedPlan<N>
  | { known: CollectedFact<N> };

export type Facet<N extends CatalogueName> = (context: FacetContext) => FacetPlan<N>;

export function known<N extends CatalogueName>(value: Facts[N], hidden: string[] = []): FacetPlan<N> {
  return { known: { status: 'ok', value, hidden, ms: 0 } as CollectedFact<N> };
}

export function denied<N extends CatalogueName>(reason: string): FacetPlan<N> {
  return { known: { status: 'denied', reason, ms: 0 } };
}
