import * as z from 'zod';
import { facet } from './facet.ts';

/* What the database and the application's address answer to somebody who only knocks (src/facts/network/). */

const certificate = () =>
  z.object({
    subject: z.string(),
    issuer: z.string(),
    /** ISO 8601 UTC. */
    validTo: z.string(),
    /**
     * public: an authority that Node.js brings along. named: the one that sslrootcert of the connection string names.
     * supabase: Supabase's own, by its root's fingerprint. private: any other one. self-signed: no authority at all.
     */
    trust: z.enum(['public', 'named', 'supabase', 'private', 'self-signed']),
    /** Why the chain could not be verified, as Node.js calls it; null where it could. */
    problem: z.string().nullable(),
    /** It names the host that was asked for. */
    hostMatches: z.boolean(),
  });

/** Null: the database is on this machine, or ours, so that nothing goes over a wire. */
const databaseTls = () =>
  z
    .object({
      /** By a Supabase host name. */
      hosted: z.boolean(),
      /**
       * To a start-up packet without TLS, from a caller without credentials. credentials: the server goes on and asks for a
       * password. open: it asks for nothing.
       */
      plain: z.enum(['refused', 'credentials', 'open', 'unclear']),
      /** SQLSTATE of the refusal. */
      plainState: z.string().nullable(),
      /** Null: it speaks no TLS. */
      tls: z.object({ protocol: z.string(), certificate: certificate() }).nullable(),
    })
    .nullable();

/** Null: the database is ours, nothing is deployed. Empty: no address of the application is known. */
const httpsEdge = () =>
  z
    .array(
      z.object({
        origin: z.string(),
        /** Who names it. */
        source: z.enum(['declared.urls', 'site_url', 'config.toml']),
        /** Null where nothing answered, with the reason. */
        https: z
          .object({
            status: z.int(),
            certificate: certificate(),
            /** max-age of Strict-Transport-Security, in seconds. */
            hsts: z.number().nullable(),
          })
          .nullable(),
        reason: z.string().nullable(),
        /** What http:// at the same host does. elsewhere: it redirects to another address that is no https either. */
        http: z.enum(['redirects', 'elsewhere', 'serves', 'closed', 'not tried']),
      }),
    )
    .nullable();

export const networkFacets = {
  databaseTls: facet(databaseTls),
  /** Certificates are renewed by themselves. */
  httpsEdge: facet(httpsEdge, { volatile: true }),
} as const;
