import * as z from 'zod';
import { accessContractSchema } from '../access-contract.ts';
import { facet, name } from './facet.ts';
import { originSchema } from './origin.ts';

/* Repository facets. Paths are relative to the repository root, with `/`. */

const repoFiles = () =>
  z.object({
    /** True when git tracks the folder. */
    git: z.boolean(),
    /** Tracked files (or all files below the folder where there is no git), sorted. */
    files: z.array(z.string()),
    /** `.env*` files and whether git ignores or tracks them. */
    envFiles: z.array(z.object({ path: z.string(), tracked: z.boolean(), ignored: z.boolean() })),
  });

/** supabase/config.toml as parsed; null when there is none. Literal secrets stand as `[REDACTED:literal]`. */
const repoConfig = () =>
  z
    .object({
      path: z.string(),
      values: z.record(z.string(), z.unknown()),
      /** Keys of secrets written literally instead of env(), with their line. */
      literalSecrets: z.array(z.object({ key: z.string(), line: z.int() })),
      /** Line of each key, by dotted path. */
      lines: z.record(z.string(), z.int()),
      error: z.string().nullable(),
    })
    .nullable();

const repoMigrations = () =>
  z.object({
    tool: z.enum(['supabase', 'prisma', 'drizzle', 'sql']).nullable(),
    directory: z.string().nullable(),
    files: z.array(
      z.object({
        path: z.string(),
        /** File name (or folder name for Prisma) without directory. */
        fileName: z.string(),
        version: z.string().nullable(),
        name: z.string(),
        sha256: z.string(),
        /** Drizzle: the milliseconds by which it tells what is applied. */
        when: z.number().nullable(),
        /** sha256 over the statements, trimmed, joined by `;\n`; comparable with MigrationHistory.digest of the Supabase CLI. */
        statementsSha256: z.string().nullable(),
        /** sha256 over the tokens (core/sql.ts tokensDigest): what stays when only comments or blanks change. */
        tokensSha256: z.string().nullable(),
        /** sha256 with the other kind of line ends (LF, CRLF): a tool that hashes the file takes that for another one. */
        otherNewlinesSha256: z.string().nullable(),
        statements: z.int(),
        error: z.string().nullable(),
        /** The script that undoes it; its own path where one file holds both ways. */
        down: z.string().nullable(),
        /** A comment in it says how to go back or forward (`-- Rollback: …`). */
        wayBackNoted: z.boolean(),
      }),
    ),
    /** Scripts in the folder that the tool never runs: of another name, outside its journal, in a folder below. */
    skipped: z.array(z.object({ path: z.string(), reason: z.enum(['name', 'journal', 'nested']) })),
    /** Migrations that the tool's journal names without a file. */
    missing: z.array(z.string()),
    /** Other folders of migrations; only the first is judged. */
    others: z.array(z.object({ tool: z.string(), directory: z.string(), files: z.int() })),
    /** The declarative schema (supabase/schemas) in its order; null when there is none. */
    declared: z
      .object({
        paths: z.array(z.string()),
        source: z.enum(['schema_paths', 'folder']),
        /** Patterns of config.toml that name no file. */
        empty: z.array(z.string()),
      })
      .nullable(),
    /** Rows inserted by migrations or seeds into auth.users, or with fixture mail addresses. */
    fixtures: z.array(
      z.object({ path: z.string(), line: z.int(), kind: z.enum(['auth-user', 'fixture-email']), seed: z.boolean() }),
    ),
    /** Statements that drop or rename, by file. */
    destructive: z.array(z.object({ path: z.string(), line: z.int(), statement: z.string(), hasDown: z.boolean() })),
    /** Those that config.toml names first, in its order. */
    seeds: z.array(z.string()),
    /** As far as the files' statements can be followed without running them. */
    origins: z.array(originSchema()),
  });

/** The rules of `migrationRisks`, by the names squawk documents them under (squawkhq.com/docs/rules). */
export const RISK_RULES = [
  'adding-field-with-default',
  'adding-foreign-key-constraint',
  'adding-not-nullable-field',
  'adding-required-field',
  'adding-serial-primary-key-field',
  'ban-alter-domain-with-add-constraint',
  'ban-char-field',
  'ban-concurrent-index-creation-in-transaction',
  'ban-create-domain-with-constraint',
  'ban-drop-column',
  'ban-drop-constraint',
  'ban-drop-database',
  'ban-drop-not-null',
  'ban-drop-schema',
  'ban-drop-table',
  'ban-truncate-cascade',
  'ban-uncommitted-transaction',
  'changing-column-type',
  'constraint-missing-not-valid',
  'disallowed-unique-constraint',
  'prefer-bigint-over-int',
  'prefer-bigint-over-smallint',
  'prefer-identity',
  'prefer-repack',
  'prefer-robust-stmts',
  'prefer-text-field',
  'prefer-timestamptz',
  'renaming-column',
  'renaming-table',
  'require-concurrent-index-creation',
  'require-concurrent-index-deletion',
  'require-concurrent-partition-detach',
  'require-concurrent-reindex',
  'require-timeout-settings',
  'transaction-nesting',
] as const;

const place = { path: z.string(), line: z.int() };

/** What migrations do to tables in use, of every file (src/facts/repository/migrations/risks/). */
const migrationRisks = () =>
  z.object({
    risks: z.array(
      z.object({
        ...place,
        rule: z.enum(RISK_RULES),
        schema: name.nullable(),
        table: name.nullable(),
        /** Column, constraint, index, domain, schema or database. */
        name: name.nullable(),
        /** In our own words: never the statement’s text, which may hold a value. */
        what: z.string(),
        /** What the verdict rests on besides: the type asked for, a volatile function, the new name, an index as `schema.name`. */
        asked: z.string().nullable(),
        /** The safe form as SQL, redacted. */
        rewrite: z.string().nullable(),
      }),
    ),
    /** Tables that come to be, in order; a renamed one says what it was. */
    tables: z.array(z.object({ ...place, schema: name, name, renamedFrom: name.nullable() })),
    /** GRANT and REVOKE on tables; `table` null: on all of the schema; `later`: ALTER DEFAULT PRIVILEGES. No privileges = all. */
    grants: z.array(
      z.object({
        ...place,
        schema: name.nullable(),
        table: name.nullable(),
        roles: z.array(name),
        privileges: z.array(z.string()),
        revoke: z.boolean(),
        later: z.boolean(),
      }),
    ),
  });

/** Keys and connection strings found; never the value. */
const repoKeys = () =>
  z.array(
    z.object({
      path: z.string(),
      line: z.int(),
      /** tracked by git, in history only, or an untracked file. */
      where: z.enum(['tracked', 'history', 'untracked']),
      kind: z.enum([
        'service-role-jwt',
        'anon-jwt',
        'user-jwt',
        'supabase-secret-key',
        'supabase-publishable-key',
        'supabase-access-token',
        'postgres-url',
        'stripe-secret-key',
        'stripe-test-key',
        'stripe-webhook-secret',
        'aws-access-key',
        'private-key',
      ]),
      /** The variable it is assigned to, if it can be told. */
      variable: z.string().nullable(),
      /** JWT claims that are public knowledge: project ref, role, issuer. */
      ref: z.string().nullable(),
      role: z.string().nullable(),
      issuer: z.string().nullable(),
      /** The public demo keys every local Supabase shares. */
      demo: z.boolean(),
      /** The file ships to browsers (public variable prefix, build output). */
      client: z.boolean(),
    }),
  );

/** Project refs, hosts and variables in `.env*` and code; values that are not secret. */
const repoEnv = () =>
  z.array(
    z.object({
      path: z.string(),
      line: z.int(),
      variable: z.string(),
      /** Project ref in a URL or key on that line. */
      ref: z.string().nullable(),
      /** Port of a database URL, and its host's kind. */
      port: z.int().nullable(),
      host: z.enum(['direct', 'pooler', 'local', 'other']).nullable(),
      /** `pgbouncer=true` present. */
      pgbouncer: z.boolean(),
      sslmode: z.string().nullable(),
      /** NODE_TLS_REJECT_UNAUTHORIZED=0. */
      tlsUnchecked: z.boolean(),
    }),
  );

const callArgument = z.object({ value: z.string().nullable(), dynamic: z.boolean() });

/** supabase-js calls and other code facts, from parsed JavaScript and TypeScript. */
const repoCode = () =>
  z.object({
    filesParsed: z.int(),
    parseErrors: z.array(z.object({ path: z.string(), line: z.int(), message: z.string() })),
    calls: z.array(
      z.object({
        path: z.string(),
        line: z.int(),
        column: z.int(),
        kind: z.enum(['from', 'rpc', 'storage', 'channel', 'postgres_changes', 'function']),
        schema: z.string().nullable(),
        target: callArgument,
        /** from: select insert update upsert delete. rpc: execute. storage: method name. channel: subscribe, `subscribe private`, `subscribe unknown`. */
        operation: z.string(),
        /** Columns named in select strings, filters and written object literals, with the relation embedded ones belong to. */
        columns: z.array(z.object({ relation: z.string().nullable(), name: z.string(), line: z.int() })),
        /** Argument names of an rpc call's literal object; null when it is not literal. */
        arguments: z.array(z.string()).nullable(),
        /** Written straight from a request body without a schema's parse. */
        unvalidatedBody: z.boolean(),
        /** Asked with the secret (service role) key: true or false where the client's making can be followed, else null. */
        secretKey: z.boolean().nullable(),
        /** Runs in an edge function, on a server or in a browser as far as the path and directives tell. */
        side: z.enum(['client', 'server', 'edge', 'unknown']),
      }),
    ),
    clients: z.array(
      z.object({
        path: z.string(),
        line: z.int(),
        typed: z.boolean(),
        secretKey: z.boolean(),
        side: z.enum(['client', 'server', 'edge', 'unknown']),
      }),
    ),
    /** Notable code: name is one of the rules listed in src/facts/repository. */
    marks: z.array(
      z.object({
        path: z.string(),
        line: z.int(),
        name: z.enum([
          'getSession-on-server',
          'auth-helpers-import',
          'tls-verification-off',
          'sslmode-disable',
          'node-tls-reject-unauthorized',
          'console-log-secret',
          'fetch-without-timeout',
          'prepare-not-false',
          'stripe-webhook-verified',
          'stripe-webhook-unverified',
          'user-check',
          'admin-delete-user',
          'realtime-listen',
          'realtime-send',
          'sentry-init',
          'opentelemetry-init',
          'deno-env-get',
          'cors-star-credentials',
          'unpinned-import',
        ]),
        detail: z.string(),
      }),
    ),
  });

/** Generated Database types; null when none are found. */
const repoTypes = () =>
  z
    .object({
      path: z.string(),
      encoding: z.string(),
      schemas: z.array(
        z.object({
          name,
          relations: z.array(
            z.object({
              name,
              kind: z.enum(['table', 'view']),
              line: z.int(),
              columns: z.array(z.object({ name, line: z.int() })),
            }),
          ),
          functions: z.array(z.object({ name, line: z.int() })),
          enums: z.array(z.object({ name, line: z.int(), labels: z.array(z.string()) })),
        }),
      ),
      error: z.string().nullable(),
    })
    .nullable();

const repoProject = () =>
  z.object({
    /** Names of dependencies over all package.json files. */
    dependencies: z.array(z.object({ name, version: z.string(), path: z.string() })),
    frameworks: z.array(z.string()),
    orms: z.array(z.enum(['prisma', 'drizzle'])),
    /** Hosting that runs functions per request. */
    serverless: z.array(z.string()),
    edgeFunctions: z.array(z.object({ name, path: z.string(), denoJson: z.boolean(), pinned: z.boolean() })),
    /** CI workflow files and what they run. */
    workflows: z.array(
      z.object({
        path: z.string(),
        runs: z.array(
          z.enum(['db-dump', 'storage-copy', 'gen-types', 'db-push', 'functions-deploy', 'db-test', 'e2e']),
        ),
        scheduled: z.boolean(),
      }),
    ),
    /** Documents found, by kind. */
    documents: z.array(
      z.object({
        kind: z.enum(['privacy', 'retention', 'incident', 'runbook', 'restore']),
        path: z.string(),
        mentions: z.array(z.string()),
      }),
    ),
    e2eSuites: z.array(z.object({ tool: z.string(), path: z.string() })),
    prismaSchema: z
      .object({ path: z.string(), url: z.string().nullable(), directUrl: z.string().nullable(), line: z.int() })
      .nullable(),
  });

/** supaready.access.json as committed; null where there is none. */
const repoAccess = () =>
  z.object({ contract: accessContractSchema().nullable(), error: z.string().nullable() }).nullable();

export const repositoryFacets = {
  repoAccess: facet(repoAccess),
  repoFiles: facet(repoFiles),
  repoConfig: facet(repoConfig),
  repoMigrations: facet(repoMigrations),
  migrationRisks: facet(migrationRisks),
  repoKeys: facet(repoKeys),
  repoEnv: facet(repoEnv),
  repoCode: facet(repoCode),
  repoTypes: facet(repoTypes),
  repoProject: facet(repoProject),
} as const;
