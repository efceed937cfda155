import { z } from 'zod';

/** What else holds for a facet, apart from its shape. */
export interface FacetTraits {
  /** Changes without anybody changing the project: a new digest of it makes nothing stale. */
  volatile?: true;
  /** Holds no meaning in a database replayed from migrations: nobody's data and no load are there. */
  liveOnly?: true;
}

export type FacetDeclaration<S extends z.ZodType = z.ZodType> = { schema: S } & FacetTraits;

/** Declares one fact group (“facet”) of a snapshot: its zod schema, and its traits. */
export function facet<S extends z.ZodType>(schema: S, traits: FacetTraits = {}): FacetDeclaration<S> {
  return { schema, ...traits };
}

/** A privilege list as PostgreSQL writes it (aclitem text, e.g. `anon=arwd/postgres`), defaults filled in; read it with core/acl.ts. */
export const acl = z.array(z.string());
export const name = z.string();
export const comment = z.string().nullable();
/** Name of the extension that owns the object, or null. Extension objects are the extension author's, not the user's. */
export const extension = z.string().nullable();
