import * as z from 'zod';

/** What else holds for a facet, apart from its shape. */
export interface FacetTraits {
  /** Changes without anybody changing the project: a new digest of it makes nothing stale. */
  volatile?: true;
  /** Holds no meaning in a database replayed from migrations: nobody's data and no load are there. */
  liveOnly?: true;
}

export interface FacetDeclaration<S extends z.ZodType = z.ZodType> extends FacetTraits {
  readonly schema: S;
}

/**
 * Declares one fact group (“facet”) of a snapshot: its zod schema, and its traits. The schema is built when it is asked
 * for: most runs only need the facets' names, and the wizard's first frame waits for nothing that it does not show.
 */
export function facet<S extends z.ZodType>(schema: () => S, traits: FacetTraits = {}): FacetDeclaration<S> {
  let built: S | null = null;
  return {
    ...traits,
    get schema() {
      built ??= schema();
      return built;
    },
  };
}

/** The schemas of several facets, by name. */
export function schemasOf<D extends Readonly<Record<string, FacetDeclaration>>>(declared: D) {
  return Object.fromEntries(Object.entries(declared).map(([facetName, { schema }]) => [facetName, schema])) as {
    [N in keyof D]: D[N]['schema'];
  };
}

/** A privilege list as PostgreSQL writes it (aclitem text, e.g. `anon=arwd/postgres`), defaults filled in; read it with core/acl.ts. */
export const acl = z.array(z.string());
export const name = z.string();
export const comment = z.string().nullable();
/** Name of the extension that owns the object, or null. Extension objects are the extension author's, not the user's. */
export const extension = z.string().nullable();
