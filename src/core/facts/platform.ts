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

/** `GET /v1/projects/{ref}/config/realtime`. */
const platformRealtime = () =>
  z
    .object({
      ref: z.string(),
      /** Only private channels may be joined. */
      privateOnly: z.boolean(),
      suspended: z.boolean(),
    })
    .nullable();

/** `GET /v1/projects/{ref}/functions`. */
const platformFunctions = () =>
  z.array(z.object({ slug: z.string(), status: z.string(), version: z.number(), verifyJwt: z.boolean() })).nullable();

/** `GET /v1/projects/{ref}/ssl-enforcement`: whether the database refuses connections without TLS. */
const platformSsl = () => z.object({ ref: z.string(), database: z.boolean(), applied: z.boolean() }).nullable();

/** `GET /v1/projects/{ref}/network-restrictions`: the addresses that may connect to the database. */
const platformNetwork = () =>
  z
    .object({
      ref: z.string(),
      /** False where the plan does not allow restrictions. */
      allowed: z.boolean(),
      cidrs: z.array(z.string()),
      /** False while they are stored but not in force. */
      applied: z.boolean(),
    })
    .nullable();

/** `GET /v1/projects/{ref}/config/auth/signing-keys`. No key material. */
const platformSigningKeys = () =>
  z
    .object({
      ref: z.string(),
      keys: z.array(z.object({ id: z.string(), algorithm: z.string(), status: z.string(), updatedAt: z.string() })),
    })
    .nullable();

/** `GET /v1/projects/{ref}`. */
const platformProject = () => z.object({ ref: z.string(), region: z.string() }).nullable();

export const platformFacets = {
  platformAuth: facet(platformAuth),
  platformPostgrest: facet(platformPostgrest),
  platformStorage: facet(platformStorage),
  platformRealtime: facet(platformRealtime),
  platformFunctions: facet(platformFunctions),
  platformSsl: facet(platformSsl),
  platformNetwork: facet(platformNetwork),
  platformSigningKeys: facet(platformSigningKeys),
  platformProject: facet(platformProject),
} as const;
