import * as z from 'zod';
import { environmentKindSchema } from './events.ts';
import { policySchema } from './policy.ts';

/** `env:NAME`, `keychain:NAME` or `prompt`: where a secret is found. A literal secret is refused. */
export const secretRefSchema = z
  .string()
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|keychain:.+|prompt)$/,
    'a reference: "env:NAME", "keychain:NAME" or "prompt", never the secret itself',
  );

const environmentConfig = () =>
  z.strictObject({
    kind: environmentKindSchema,
    /** PostgreSQL connection string. */
    database: secretRefSchema.optional(),
    /** Supabase project ref (20 lower-case letters), not a secret. */
    ref: z
      .string()
      .regex(/^[a-z]{20}$/, 'a project ref: 20 lower-case letters')
      .optional(),
    api: z
      .strictObject({
        /** Address of the project's API; a hosted project's follows from `ref`. */
        url: z.url().optional(),
        /** Or the legacy key of the role anon. */
        publishableKey: secretRefSchema.optional(),
        /** Or the legacy key of the role service_role; only to remove what a probe has made. */
        secretKey: secretRefSchema.optional(),
        /** Two users of different tenants, made for tests, as whom the API is asked. */
        testUsers: z
          .array(z.strictObject({ email: secretRefSchema, password: secretRefSchema }))
          .max(2)
          .optional(),
      })
      .optional(),
    managementToken: secretRefSchema.optional(),
  });

const parameterValue = () => z.union([z.number(), z.string(), z.boolean(), z.array(z.string())]);

/** supaready.config.json (DESIGN.md §6). Unknown keys are errors. Built where there is such a file: most starts have none. */
export const configSchema = () =>
  z.strictObject({
    $schema: z.string().optional(),
    project: z.string().min(1).optional(),
    environments: z
      .record(z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and dashes'), environmentConfig())
      .optional(),
    repository: z.strictObject({ path: z.string().optional(), migrations: z.string().optional() }).optional(),
    /** How migrations are replayed, beside a live database and with --from-migrations. */
    replay: z
      .strictObject({
        /** A throw-away PostgreSQL of yours instead of the embedded one. */
        shadow: secretRefSchema.optional(),
        /** Grants of new tables in schema public: by the date of each migration (auto), or always as of then. */
        defaultGrants: z.enum(['auto', 'legacy', 'closed']).optional(),
      })
      .optional(),
    /** Whose the rows are, where the access matrix infers it wrongly: `schema.table` → the column that holds the user's or the tenant's id; null for none. */
    access: z
      .strictObject({
        tables: z
          .record(
            z.string(),
            z.strictObject({ owner: z.string().nullable().optional(), tenant: z.string().nullable().optional() }),
          )
          .optional(),
      })
      .optional(),
    policy: policySchema.partial().optional(),
    /** Check id → its parameters. */
    parameters: z.record(z.string(), z.record(z.string(), parameterValue())).optional(),
    declared: z
      .strictObject({
        serverOnlyTables: z.array(z.string()).optional(),
        publicTables: z.array(z.string()).optional(),
        allowedDefinerFunctions: z.array(z.string()).optional(),
        seed: z
          .array(z.strictObject({ table: z.string(), where: z.string().optional(), min: z.int().min(1).default(1) }))
          .optional(),
        regions: z.array(z.string()).optional(),
        /** Addresses at which people reach the production application; the Auth server’s site_url is one by itself. */
        urls: z.array(z.url()).optional(),
        /** What outlives a deleted account on purpose: `schema.table` or `storage/bucket` → how long and why (“10 years, tax law”). */
        retention: z.record(z.string(), z.string().min(1)).optional(),
      })
      .optional(),
  });
export type Config = z.infer<ReturnType<typeof configSchema>>;
