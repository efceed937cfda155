import * as z from 'zod';
import { facet } from './facet.ts';

/*
 * Settings of a hosted project, from Supabase's Management API. Null: no hosted project stands behind the database (ours,
 * or replayed). Field names are the API's (OpenAPI document of api.supabase.com/v1). Only settings named in
 * src/facts/platform/ are kept; of a secret only whether it is set.
 */

const setting = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** `GET /v1/projects/{ref}/config/auth`. */
const platformAuth = () =>
  z
    .object({
      /** Of the project asked. */
      ref: z.string(),
      settings: z.record(z.string(), setting),
      /** Secret fields that hold something, by name. */
      secretsSet: z.array(z.string()),
    })
    .nullable();

/** `GET /v1/projects/{ref}/postgrest`. */
const platformPostgrest = () =>
  z
    .object({
      /** Exposed schemas; none = the Data API is off. */
      schemas: z.array(z.string()),
      extraSearchPath: z.array(z.string()),
      maxRows: z.int(),
    })
    .nullable();

/** `GET /v1/projects/{ref}/config/storage`. */
const platformStorage = () => z.object({ fileSizeLimit: z.number() }).nullable();

/** `GET /v1/projects/{ref}/functions`. */
const platformFunctions = () =>
  z.array(z.object({ slug: z.string(), status: z.string(), version: z.number(), verifyJwt: z.boolean() })).nullable();

export const platformFacets = {
  platformAuth: facet(platformAuth),
  platformPostgrest: facet(platformPostgrest),
  platformStorage: facet(platformStorage),
  platformFunctions: facet(platformFunctions),
} as const;
