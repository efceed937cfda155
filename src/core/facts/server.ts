import * as z from 'zod';
import { facet, name } from './facet.ts';
import { plpgsqlReport } from './function-report.ts';

/* The server, its load and its services: catalogue facets too, but most of them change without anybody changing the project. */

const database = () =>
  z.object({
    name,
    serverVersion: z.string(),
    /** server_version_num, e.g. 170004. */
    serverVersionNum: z.int(),
    /** pg_control_system().system_identifier as text; null where it may not be read. */
    systemIdentifier: z.string().nullable(),
    encoding: z.string(),
    collation: z.string(),
    /** datcollversion and what the C library says now; differing = indexes may be corrupt. Null where the provider has none. */
    collationVersion: z.string().nullable(),
    actualCollationVersion: z.string().nullable(),
    inRecovery: z.boolean(),
    /** The schemas the Data API exposes, and where that was read; null when nobody says (never guessed). */
    exposedSchemas: z.object({ schemas: z.array(z.string()), source: z.string() }).nullable(),
    /** True when the server offers the schema `auth` with table `users`. */
    hasSupabaseAuth: z.boolean(),
  });

const access = () =>
  z.object({
    currentUser: z.string(),
    superuser: z.boolean(),
    bypassRls: z.boolean(),
    createRole: z.boolean(),
    createDb: z.boolean(),
    /** Tables of the user's schemas the role could write to, counted. */
    writableTables: z.int(),
    tls: z.object({ version: z.string(), cipher: z.string() }).nullable(),
    /** Loopback or Unix socket: TLS is not expected there. */
    local: z.boolean(),
    path: z.enum(['direct', 'session-pooler', 'transaction-pooler', 'embedded', 'unknown']),
    /** Outcome of trying to create a table in our own read-only session: it must be refused. */
    readOnlyGuard: z.enum(['refused', 'not-refused']),
  });

const volatileDatabase = () =>
  z.object({
    sizeBytes: z.number(),
    /** age(datfrozenxid). */
    xidAge: z.number(),
    statsReset: z.string().nullable(),
    /** Seconds since statistics were reset (or the server started, whichever is later known); null if unknown. */
    statsAgeSeconds: z.number().nullable(),
    blocksHit: z.number(),
    blocksRead: z.number(),
    maxConnections: z.int(),
  });

const settings = () =>
  z.array(
    z.object({
      name,
      setting: z.string(),
      unit: z.string().nullable(),
      source: z.string(),
    }),
  );

/** pg_db_role_setting: `ALTER ROLE … SET`, `ALTER DATABASE … SET`, `ALTER ROLE … IN DATABASE … SET`. Database null = all, role null = all. */
const roleSettings = () =>
  z.array(z.object({ database: z.string().nullable(), role: z.string().nullable(), name, setting: z.string() }));

const roles = () =>
  z.array(
    z.object({
      name,
      superuser: z.boolean(),
      inherit: z.boolean(),
      createRole: z.boolean(),
      createDb: z.boolean(),
      login: z.boolean(),
      replication: z.boolean(),
      bypassRls: z.boolean(),
      connectionLimit: z.int(),
      validUntil: z.string().nullable(),
      /** Roles this role is a direct member of. */
      memberOf: z.array(z.string()),
    }),
  );

/** Apart from `sequences`, since it changes with every insert. lastValue null: never used or may not be read. */
const sequenceValues = () =>
  z.array(z.object({ schema: name, name, lastValue: z.string().nullable(), readable: z.boolean() }));

/** Planner estimates and activity counters; change all the time. */
const tableStats = () =>
  z.array(
    z.object({
      schema: name,
      name,
      /** reltuples; null when never analysed (-1). */
      rowEstimate: z.number().nullable(),
      /** Table with TOAST, without indexes. */
      bytes: z.number(),
      indexBytes: z.number(),
      seqScans: z.number(),
      indexScans: z.number(),
      seqRowsRead: z.number(),
      inserted: z.number(),
      updated: z.number(),
      deleted: z.number(),
      liveRows: z.number(),
      deadRows: z.number(),
      blocksRead: z.number(),
      blocksHit: z.number(),
    }),
  );

/** pg_stats without its values: common values and bounds are users' data and are never read. */
const columnStats = () =>
  z.array(
    z.object({
      schema: name,
      table: name,
      column: name,
      nullFraction: z.number(),
      distinct: z.number(),
      averageWidth: z.int(),
    }),
  );

const indexStats = () => z.array(z.object({ schema: name, table: name, name, scans: z.number(), bytes: z.number() }));

/** pg_stat_activity, pg_stat_ssl and pg_locks as counts; no query texts, no addresses. */
const activity = () =>
  z.object({
    connections: z.int(),
    /** Held by this tool itself. */
    own: z.int(),
    idleInTransactionOver60s: z.int(),
    queriesOver5min: z.int(),
    waitingForLock: z.int(),
    exclusiveLocksOver2min: z.int(),
    /** Connections from another machine without TLS; null where pg_stat_ssl may not be read. */
    remoteWithoutTls: z.int().nullable(),
    /** Connections by role. */
    byRole: z.array(z.object({ role: name, connections: z.int() })),
  });

/** pg_stat_statements over all roles, literals already replaced by PostgreSQL ($1) and redacted; null when not installed. */
const statements = () =>
  z
    .object({
      totalMs: z.number(),
      top: z.array(
        z.object({
          queryId: z.string(),
          role: z.string().nullable(),
          query: z.string(),
          calls: z.number(),
          meanMs: z.number(),
          totalMs: z.number(),
          rows: z.number(),
        }),
      ),
    })
    .nullable();

const replicationSlots = () =>
  z.array(
    z.object({
      name,
      type: z.string(),
      active: z.boolean(),
      lagBytes: z.number().nullable(),
      walStatus: z.string().nullable(),
    }),
  );

/** Counts over auth.users, never a value; null when there is no such table. */
const authUsers = () =>
  z
    .object({
      total: z.int(),
      anonymous: z.int(),
      confirmed: z.int(),
      /** Confirmed users with an admin role in raw_app_meta_data (role, roles or is_admin / claims_admin). */
      admins: z.int(),
      adminsWithVerifiedMfa: z.int(),
      /** By pattern: reserved test domains (RFC 2606), disposable mail, `+test` tags. */
      testUsers: z.array(z.object({ pattern: z.string(), users: z.int(), admins: z.int() })),
      auditLogEntries: z.int().nullable(),
    })
    .nullable();

const storage = () =>
  z
    .object({
      buckets: z.array(
        z.object({
          id: z.string(),
          name,
          public: z.boolean(),
          fileSizeLimit: z.number().nullable(),
          allowedMimeTypes: z.array(z.string()).nullable(),
          objects: z.int(),
          /** Objects whose owner_id is null, and whose owner_id matches no user. */
          ownerless: z.int(),
          orphanedOwners: z.int(),
        }),
      ),
    })
    .nullable();

const cronJobs = () =>
  z
    .array(
      z.object({
        name: z.string(),
        schedule: z.string(),
        /** Redacted. */
        command: z.string(),
        database: z.string(),
        username: z.string(),
        active: z.boolean(),
        runs7d: z.int(),
        failed7d: z.int(),
        lastStatus: z.string().nullable(),
      }),
    )
    .nullable();

/** net._http_response of pg_net in the last hours it keeps; null without pg_net. */
const httpResponses = () => z.object({ total: z.int(), failed: z.int() }).nullable();

/** Applied migrations by the tool that recorded them; an absent tool has no entry. */
const migrationHistory = () =>
  z.array(
    z.object({
      /** `sql`: the tables of dbmate, goose, golang-migrate and Flyway, which run plain folders. */
      tool: z.enum(['supabase', 'prisma', 'drizzle', 'sql']),
      /** Version, migration_name or hash. */
      version: z.string(),
      name: z.string().nullable(),
      /** sha256 of the stored statements (core/sql.ts statementsDigest), or the checksum the tool stored; null when it stores none. */
      digest: z.string().nullable(),
      /** sha256 over the tokens of the stored statements (core/sql.ts tokensDigest); null when none are stored. */
      tokensDigest: z.string().nullable(),
      /** Drizzle: created_at, the time in its journal by which it tells what is applied. */
      when: z.number().nullable(),
      /** Prisma: finished_at set and not rolled back. golang-migrate: not dirty. Flyway: success. */
      complete: z.boolean(),
      /** Prisma: marked as rolled back, so that it is pending again. */
      rolledBack: z.boolean(),
      /** golang-migrate keeps the last version only: all before it are applied too. */
      upTo: z.boolean(),
    }),
  );

export const serverFacets = {
  database: facet(database),
  access: facet(access, { volatile: true, liveOnly: true }),
  volatileDatabase: facet(volatileDatabase, { volatile: true, liveOnly: true }),
  settings: facet(settings),
  roleSettings: facet(roleSettings),
  roles: facet(roles),
  sequenceValues: facet(sequenceValues, { volatile: true, liveOnly: true }),
  tableStats: facet(tableStats, { volatile: true, liveOnly: true }),
  columnStats: facet(columnStats, { volatile: true, liveOnly: true }),
  indexStats: facet(indexStats, { volatile: true, liveOnly: true }),
  activity: facet(activity, { volatile: true, liveOnly: true }),
  statements: facet(statements, { volatile: true, liveOnly: true }),
  replicationSlots: facet(replicationSlots, { volatile: true, liveOnly: true }),
  authUsers: facet(authUsers, { volatile: true, liveOnly: true }),
  storage: facet(storage, { volatile: true }),
  plpgsqlCheckLive: facet(() => plpgsqlReport().nullable()),
  cronJobs: facet(cronJobs, { volatile: true }),
  httpResponses: facet(httpResponses, { volatile: true, liveOnly: true }),
  migrationHistory: facet(migrationHistory, { liveOnly: true }),
} as const;
