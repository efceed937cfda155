import * as z from 'zod';
import { accessFacets } from './access.ts';
import { facet, name, schemasOf } from './facet.ts';
import { functionName, plpgsqlReport, unjudged } from './function-report.ts';
import { originSchema } from './origin.ts';
import { repeatFacets } from './repeat.ts';
import { schemaFacets } from './schema.ts';
import { serverFacets } from './server.ts';

/* What a shadow database tells: the repository's migrations, replayed into a throw-away database of ours. */

/** How the repository's migrations replayed; null when nothing was to be replayed. */
const replay = () =>
  z
    .object({
      tool: z.string().nullable(),
      directory: z.string().nullable(),
      applied: z.int(),
      failures: z.array(
        z.object({
          path: z.string(),
          line: z.int(),
          sqlstate: z.string(),
          message: z.string(),
          hint: z.string(),
          /** Perhaps only a consequence of an earlier failure. */ consequent: z.boolean(),
        }),
      ),
      /** Extensions the machine lacks, stood in for by signatures only. */
      shims: z.array(z.string()),
      /** The PostgreSQL it was tried on, and where that came from (src/facts/shadow/machine.ts). */
      server: z.object({
        /** server_version_num */
        versionNum: z.int(),
        origin: z.enum(['embedded', 'installed', 'named', 'shadow-url']),
      }),
      /** Default grants of new tables in public: as the platform had them when the migrations were written. */
      regime: z.enum(['legacy', 'closed', 'mixed']),
    })
    .nullable();

/** The catalogue facets that the shadow's catalogue holds, as the live database's. */
const IN_SHADOW = {
  relations: schemaFacets.relations,
  columns: schemaFacets.columns,
  constraints: schemaFacets.constraints,
  indexes: schemaFacets.indexes,
  policies: schemaFacets.policies,
  functions: schemaFacets.functions,
  triggers: schemaFacets.triggers,
  views: schemaFacets.views,
  types: schemaFacets.types,
  sequences: schemaFacets.sequences,
  schemas: schemaFacets.schemas,
  extensions: schemaFacets.extensions,
  publications: schemaFacets.publications,
  defaultAcls: schemaFacets.defaultAcls,
  eventTriggers: schemaFacets.eventTriggers,
  rules: schemaFacets.rules,
  statisticsObjects: schemaFacets.statisticsObjects,
  foreignServers: schemaFacets.foreignServers,
  comments: schemaFacets.comments,
  otherObjects: schemaFacets.otherObjects,
  roles: serverFacets.roles,
  roleSettings: serverFacets.roleSettings,
  cronJobs: serverFacets.cronJobs,
  storage: serverFacets.storage,
} as const;
type CatalogueInShadow = keyof typeof IN_SHADOW;
export const CATALOGUE_IN_SHADOW = Object.keys(IN_SHADOW) as CatalogueInShadow[];

/** The schema the migrations make, beside a live database: what drift is measured against. */
const shadowCatalogue = () =>
  z.object({
    /** server_version_num of the shadow; its major version may differ from the live server's. */
    serverVersionNum: z.int(),
    /** How it was replayed: where migrations are pending, once more and without those. */
    replay: z.object({
      shims: z.array(z.string()),
      regime: z.enum(['legacy', 'closed', 'mixed']),
      /** Files that the live database has not applied, and that were left out. */
      leftOut: z.array(z.string()),
      failures: z.array(z.object({ path: z.string(), line: z.int(), sqlstate: z.string(), message: z.string() })),
    }),
    ...schemasOf(IN_SHADOW),
  });

/** What an UPDATE does to the times of a table, tried in a copy (src/facts/shadow/timestamp-probe.ts). */
const timestampProbe = () =>
  z.array(
    z.object({
      schema: name,
      table: name,
      /** Columns that were changed, one after the other. */
      changed: z.array(name),
      /** Time columns that at least one of these changes moved, and those that none did. */
      moved: z.array(name),
      still: z.array(name),
      /** Why nothing could be tried, or null. */
      reason: z.string().nullable(),
    }),
  );

/** Sign-ups tried in a copy as supabase_auth_admin (src/facts/shadow/signup-probe.ts); null where no trigger of the project’s is on them. */
const signupProbe = () =>
  z
    .object({
      tried: z.array(z.string()),
      /** Those that failed. */
      cases: z.array(
        z.object({
          case: z.enum(['email', 'empty metadata', 'phone', 'google', 'github', 'apple', 'anonymous']),
          step: z.enum(['insert', 'identity', 'confirm', 'sign-in', 'commit']),
          sqlstate: z.string(),
          message: z.string(),
          /** Functions it came through, innermost first, with line: `public.handle_new_user() line 3 at SQL statement`. */
          context: z.array(z.string()),
        }),
      ),
      /** The project’s tables without rows after the replay. */
      emptyTables: z.array(z.tuple([name, name])),
    })
    .nullable();

/** A user deleted in a copy, and what of theirs is still there (src/facts/shadow/erasure-probe.ts). Names of columns, never a value. */
const erasureProbe = () =>
  z.object({
    /** How: the Auth server's DELETE, or a function of the project's (`public.delete_account()`) that did it more thoroughly. */
    way: z.string(),
    /** Tables and buckets in which something of the user's stood before. */
    held: z.int(),
    /** What refused the deletion, one after the other: each was taken out of the way to see the next. */
    refused: z.array(
      z.object({
        schema: name,
        table: name,
        /** The foreign key; null where something else refused. */
        constraint: name.nullable(),
        /** The column that may not be NULL. */
        column: name.nullable(),
        sqlstate: z.string(),
        /** The function that raised it. */
        by: z.string().nullable(),
      }),
    ),
    left: z.array(
      z.object({
        schema: name,
        table: name,
        /** Of storage.objects: the bucket. */
        bucket: z.string().nullable(),
        columns: z.array(z.object({ name, holds: z.enum(['id', 'e-mail', 'id and e-mail']) })),
      }),
    ),
    /** Tables of users' rows in which none could be made, and why. */
    untried: z.array(z.object({ schema: name, table: name, reason: z.string() })),
  });

/** Functions re-created in a copy, and the statements in them analysed by PostgreSQL itself (src/facts/shadow/function-checks.ts). */
const functionChecks = () =>
  z.object({
    /** Those that were created again. */
    functions: z.array(z.object(functionName)),
    /** Statements and expressions analysed. */
    statements: z.int(),
    issues: z.array(
      z.object({
        ...functionName,
        /** compile: PostgreSQL does not take the function again. statement: a statement or expression of a PL/pgSQL body fails. */
        kind: z.enum(['compile', 'statement']),
        /** The table whose trigger it is, where the verdict depends on it. */
        table: z.tuple([name, name]).nullable(),
        /** Of the body, from 1. */
        line: z.int().nullable(),
        sqlstate: z.string(),
        message: z.string(),
      }),
    ),
    unjudged: unjudged(),
  });

/** What plpgsql_check says in a copy or on a second server; `unavailable` where no server at hand has it. */
const plpgsqlCheck = () => z.union([z.object({ unavailable: z.string() }), plpgsqlReport()]);

export const shadowFacets = {
  replay: facet(replay),
  /** Which statement gave every object its present state, as the replay saw it. */
  replayOrigins: facet(() => z.array(originSchema())),
  shadowCatalogue: facet(shadowCatalogue),
  timestampProbe: facet(timestampProbe),
  signupProbe: facet(signupProbe),
  erasureProbe: facet(erasureProbe),
  functionChecks: facet(functionChecks),
  plpgsqlCheck: facet(plpgsqlCheck),
  ...accessFacets,
  ...repeatFacets,
} as const;
