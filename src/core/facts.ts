import { z } from 'zod';

/*
 * The fact groups ("facets") a snapshot consists of: one schema and one type each. A catalogue facet is one set-based
 * query (src/facts/postgres/<facet>.sql). Names are PostgreSQL's; object ids are never stored, since they differ between
 * a live database and a replayed one. Text that can hold a secret (bodies, defaults, comments, trigger arguments, cron
 * commands, view definitions, policy expressions) has passed the redactor: a secret stands there as `[REDACTED:<rule>]`.
 */

/** A privilege list as PostgreSQL writes it (aclitem text, e.g. `anon=arwd/postgres`), defaults filled in; read it with core/acl.ts. */
const acl = z.array(z.string());
const name = z.string();
const comment = z.string().nullable();
/** Name of the extension that owns the object, or null. Extension objects are the extension author's, not the user's. */
const extension = z.string().nullable();

const database = z.object({
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

const access = z.object({
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

const volatileDatabase = z.object({
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

const settings = z.array(
  z.object({
    name,
    setting: z.string(),
    unit: z.string().nullable(),
    source: z.string(),
  }),
);

/** pg_db_role_setting: `ALTER ROLE … SET`, `ALTER DATABASE … SET`, `ALTER ROLE … IN DATABASE … SET`. Database null = all, role null = all. */
const roleSettings = z.array(
  z.object({ database: z.string().nullable(), role: z.string().nullable(), name, setting: z.string() }),
);

const roles = z.array(
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

const schemas = z.array(
  z.object({
    name,
    owner: name,
    acl,
    comment,
    extension,
    /** Made and kept by Supabase (auth, storage, realtime, …) or PostgreSQL, not by the project. */
    platform: z.boolean(),
  }),
);

export const RELATION_KINDS = ['table', 'partitioned table', 'view', 'materialized view', 'foreign table'] as const;
const relations = z.array(
  z.object({
    schema: name,
    name,
    kind: z.enum(RELATION_KINDS),
    owner: name,
    acl,
    rls: z.boolean(),
    forceRls: z.boolean(),
    comment,
    extension,
    platform: z.boolean(),
    /** reloptions, e.g. `security_invoker=on`. */
    options: z.array(z.string()),
    /** The partitioned table or parent this one belongs to, as [schema, name]; null for a root. */
    partitionOf: z.tuple([name, name]).nullable(),
    partitionKey: z.string().nullable(),
    /** n nothing, d default (primary key), f full, i index. */
    replicaIdentity: z.enum(['d', 'n', 'f', 'i']),
    foreignServer: z.string().nullable(),
    /** UNLOGGED and TEMPORARY are not `p`. */
    persistence: z.enum(['p', 'u', 't']),
    /** Bits of pg_relation_is_updatable(oid, false): 4 UPDATE, 8 INSERT, 16 DELETE; views only, 0 otherwise. */
    updatable: z.int(),
  }),
);

const columns = z.array(
  z.object({
    schema: name,
    relation: name,
    name,
    position: z.int(),
    /** format_type, e.g. `timestamp with time zone`, `character varying(20)`. */
    type: z.string(),
    notNull: z.boolean(),
    default: z.string().nullable(),
    /** '' none, 'a' always, 'd' by default. */
    identity: z.enum(['', 'a', 'd']),
    /** '' none, 's' stored, 'v' virtual. */
    generated: z.enum(['', 's', 'v']),
    /** Column-level grants only; null when there are none. */
    acl: acl.nullable(),
    comment,
  }),
);

const constraints = z.array(
  z.object({
    schema: name,
    table: name,
    name,
    /** p primary key, u unique, f foreign key, c check, x exclusion. */
    type: z.enum(['p', 'u', 'f', 'c', 'x']),
    columns: z.array(name),
    validated: z.boolean(),
    deferrable: z.boolean(),
    definition: z.string(),
    /** Foreign keys: what is referenced and the actions (a no action, r restrict, c cascade, n set null, d set default). */
    references: z
      .object({
        schema: name,
        table: name,
        columns: z.array(name),
        onDelete: z.enum(['a', 'r', 'c', 'n', 'd']),
        onUpdate: z.enum(['a', 'r', 'c', 'n', 'd']),
      })
      .nullable(),
    /** Copied from a parent table (partition): the parent's constraint is the one to judge. */
    inherited: z.boolean(),
    platform: z.boolean(),
  }),
);

const indexes = z.array(
  z.object({
    schema: name,
    table: name,
    name,
    method: z.string(),
    unique: z.boolean(),
    primary: z.boolean(),
    /** Backs a primary key, unique or exclusion constraint. */
    constraint: z.boolean(),
    valid: z.boolean(),
    ready: z.boolean(),
    /** Being built right now (pg_stat_progress_create_index). */
    building: z.boolean(),
    /** Key columns in order; an expression stands as null. */
    columns: z.array(name.nullable()),
    include: z.array(name),
    /** Predicate of a partial index, or null. */
    predicate: z.string().nullable(),
    /** True when the parent's index made it (partition). */
    inherited: z.boolean(),
    definition: z.string(),
    platform: z.boolean(),
  }),
);

const policies = z.array(
  z.object({
    schema: name,
    table: name,
    name,
    permissive: z.boolean(),
    /** `PUBLIC` stands as `public`, as pg_policies shows it. */
    roles: z.array(name),
    command: z.enum(['select', 'insert', 'update', 'delete', 'all']),
    /** pg_get_expr of polqual / polwithcheck; null when absent. */
    using: z.string().nullable(),
    check: z.string().nullable(),
  }),
);

const functions = z.array(
  z.object({
    schema: name,
    name,
    /** pg_get_function_identity_arguments. */
    arguments: z.string(),
    kind: z.enum(['function', 'procedure', 'aggregate', 'window']),
    /** pg_get_function_result; null for procedures. */
    returns: z.string().nullable(),
    /** trigger, event_trigger or null. */
    trigger: z.enum(['trigger', 'event_trigger']).nullable(),
    language: name,
    volatility: z.enum(['immutable', 'stable', 'volatile']),
    securityDefiner: z.boolean(),
    owner: name,
    /** `SET` clauses, e.g. `search_path=""`. */
    config: z.array(z.string()),
    acl,
    /** prosrc, or pg_get_function_sqlbody for SQL-standard bodies; redacted. Empty for C and internal functions. */
    body: z.string(),
    comment,
    extension,
    platform: z.boolean(),
  }),
);

const triggers = z.array(
  z.object({
    schema: name,
    table: name,
    name,
    /** O origin, D disabled, R replica, A always. */
    enabled: z.enum(['O', 'D', 'R', 'A']),
    /** Belongs to a constraint (foreign key). */
    internal: z.boolean(),
    functionSchema: name,
    function: name,
    /** pg_get_triggerdef, redacted. */
    definition: z.string(),
    platform: z.boolean(),
  }),
);

const views = z.array(
  z.object({
    schema: name,
    name,
    materialized: z.boolean(),
    /** pg_get_viewdef. */
    definition: z.string(),
    /** Relations its query reads, directly, as [schema, name]. */
    reads: z.array(z.tuple([name, name])),
    platform: z.boolean(),
  }),
);

const types = z.array(
  z.object({
    schema: name,
    name,
    kind: z.enum(['enum', 'domain', 'composite', 'range']),
    labels: z.array(z.string()),
    /** Domains: base type and checks. */
    definition: z.string().nullable(),
    extension,
    platform: z.boolean(),
  }),
);

const sequences = z.array(
  z.object({
    schema: name,
    name,
    type: z.string(),
    increment: z.string(),
    maxValue: z.string(),
    cycle: z.boolean(),
    acl,
    /** The column it feeds (owned by, or its default calls nextval), or null. */
    column: z.object({ schema: name, table: name, column: name, type: z.string() }).nullable(),
    platform: z.boolean(),
  }),
);
/** Apart from `sequences`, since it changes with every insert. lastValue null: never used or may not be read. */
const sequenceValues = z.array(
  z.object({ schema: name, name, lastValue: z.string().nullable(), readable: z.boolean() }),
);

const extensions = z.array(
  z.object({
    name,
    version: z.string(),
    defaultVersion: z.string().nullable(),
    schema: name,
    relocatable: z.boolean(),
    /** A signature-only stand-in of our shadow database. */
    shim: z.boolean(),
  }),
);

const publications = z.array(
  z.object({
    name,
    allTables: z.boolean(),
    insert: z.boolean(),
    update: z.boolean(),
    delete: z.boolean(),
    tables: z.array(z.tuple([name, name])),
  }),
);

/** pg_default_acl: what objects created later by `owner` will be granted. */
const defaultAcls = z.array(
  z.object({
    owner: name,
    schema: z.string().nullable(),
    objects: z.enum(['tables', 'sequences', 'functions', 'types', 'schemas', 'large objects']),
    acl,
  }),
);

const eventTriggers = z.array(
  z.object({ name, event: z.string(), enabled: z.string(), function: z.string(), owner: name }),
);

/** Planner estimates and activity counters; change all the time. */
const tableStats = z.array(
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
const columnStats = z.array(
  z.object({
    schema: name,
    table: name,
    column: name,
    nullFraction: z.number(),
    distinct: z.number(),
    averageWidth: z.int(),
  }),
);

const indexStats = z.array(z.object({ schema: name, table: name, name, scans: z.number(), bytes: z.number() }));

/** pg_stat_activity, pg_stat_ssl and pg_locks as counts; no query texts, no addresses. */
const activity = z.object({
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
const statements = z
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

const replicationSlots = z.array(
  z.object({
    name,
    type: z.string(),
    active: z.boolean(),
    lagBytes: z.number().nullable(),
    walStatus: z.string().nullable(),
  }),
);

/** Counts over auth.users, never a value; null when there is no such table. */
const authUsers = z
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

const storage = z
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

const cronJobs = z
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
const httpResponses = z.object({ total: z.int(), failed: z.int() }).nullable();

/** Applied migrations by the tool that recorded them; an absent tool has no entry. */
const migrationHistory = z.array(
  z.object({
    tool: z.enum(['supabase', 'prisma', 'drizzle']),
    /** Version, migration_name or hash. */
    version: z.string(),
    name: z.string().nullable(),
    /** sha256 of the stored statements (core/sql.ts statementsDigest), or the checksum the tool stored; null when it stores none. */
    digest: z.string().nullable(),
    /** Prisma: finished_at set and not rolled back. */
    complete: z.boolean(),
  }),
);

/** Security labels of provider pgsodium (transparent column encryption, deprecated). */
const securityLabels = z.array(z.object({ provider: z.string(), object: z.string(), label: z.string() }));

/* Heavy facets: row scans, each bounded and cancellable, outside the catalogue transaction. */

const rowCounts = z.array(
  z.object({
    schema: name,
    table: name,
    count: z.number(),
    exact: z.boolean(),
    /** Count in the previous snapshot of this environment, or null. */
    previous: z.number().nullable(),
    /** Why it could not be counted (timeout, privilege); count is then 0 and must not be judged. */
    error: z.string().nullable(),
  }),
);

/** Rows that point at nothing, for foreign keys that are NOT VALID and for implied ones (`x_id` without a key). */
const orphans = z.array(
  z.object({
    schema: name,
    table: name,
    column: name,
    referencesSchema: name,
    referencesTable: name,
    referencesColumn: name,
    /** Constraint name when declared NOT VALID, null when only implied. */
    constraint: z.string().nullable(),
    orphans: z.number(),
    error: z.string().nullable(),
  }),
);

/** Users without a profile row and the reverse; null when no profile table is recognised. */
const profileParity = z
  .object({
    schema: name,
    table: name,
    column: name,
    usersWithoutProfile: z.number(),
    profilesWithoutUser: z.number(),
    error: z.string().nullable(),
  })
  .nullable();

/* Repository facets. Paths are relative to the repository root, with `/`. */

const repoFiles = z.object({
  /** True when git tracks the folder. */
  git: z.boolean(),
  /** Tracked files (or all files below the folder where there is no git), sorted. */
  files: z.array(z.string()),
  /** `.env*` files and whether git ignores or tracks them. */
  envFiles: z.array(z.object({ path: z.string(), tracked: z.boolean(), ignored: z.boolean() })),
});

/** supabase/config.toml as parsed; null when there is none. Literal secrets stand as `[REDACTED:literal]`. */
const repoConfig = z
  .object({
    path: z.string(),
    values: z.record(z.string(), z.unknown()),
    /** Keys of secrets written literally instead of env(), with their line. */
    literalSecrets: z.array(z.object({ key: z.string(), line: z.int() })),
    error: z.string().nullable(),
  })
  .nullable();

const repoMigrations = z.object({
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
      /** sha256 over the statements, trimmed, joined by `;\n`; comparable with MigrationHistory.digest of the Supabase CLI. */
      statementsSha256: z.string().nullable(),
      statements: z.int(),
      error: z.string().nullable(),
    }),
  ),
  /** Rows inserted by migrations or seeds into auth.users, or with fixture mail addresses. */
  fixtures: z.array(
    z.object({ path: z.string(), line: z.int(), kind: z.enum(['auth-user', 'fixture-email']), seed: z.boolean() }),
  ),
  /** Statements that drop or rename, by file. */
  destructive: z.array(z.object({ path: z.string(), line: z.int(), statement: z.string(), hasDown: z.boolean() })),
  seeds: z.array(z.string()),
  /** Where the statement that created, or last replaced, an object stands. kind as in ObjectRef. */
  origins: z.array(
    z.object({ kind: z.string(), schema: name, name, table: z.string().nullable(), path: z.string(), line: z.int() }),
  ),
});

/** Keys and connection strings found; never the value. */
const repoKeys = z.array(
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
const repoEnv = z.array(
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
  }),
);

const callArgument = z.object({ value: z.string().nullable(), dynamic: z.boolean() });
/** supabase-js calls and other code facts, from parsed JavaScript and TypeScript. */
const repoCode = z.object({
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
      /** from: select insert update upsert delete. rpc: execute. storage: method name. */
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
const repoTypes = z
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

const repoProject = z.object({
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
      runs: z.array(z.enum(['db-dump', 'storage-copy', 'gen-types', 'db-push', 'functions-deploy', 'db-test', 'e2e'])),
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

/** How the repository's migrations replayed into a throw-away database; null when the database is a live one. */
const replay = z
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
    /** Default grants of new tables in public: as the platform had them when the migrations were written. */
    regime: z.enum(['legacy', 'closed', 'mixed']),
  })
  .nullable();

/** What the project itself declares (supaready.config.json), without credentials. */
export const declaredSchema = z.object({
  project: z.string().nullable(),
  /** `schema.table` that only server code may touch: RLS on without a policy is right there. */
  serverOnlyTables: z.array(z.string()),
  /** `schema.table` everybody may read on purpose. */
  publicTables: z.array(z.string()),
  /** `schema.function(args)` that anon or authenticated may execute on purpose although SECURITY DEFINER. */
  allowedDefinerFunctions: z.array(z.string()),
  seed: z.array(z.object({ table: z.string(), where: z.string().nullable(), min: z.int() })),
  regions: z.array(z.string()),
  /** Project refs by environment. */
  refs: z.record(z.string(), z.string()),
});
export type Declared = z.infer<typeof declaredSchema>;

/* Facts about the audit itself, for section 7. */

const auditResults = z.object({
  results: z.array(
    z.object({
      environment: z.string(),
      checkpoint: z.string(),
      check: z.string(),
      matrix: z.enum(['Schema', 'RLS', 'Indexes', 'Seed', 'Monitoring']).nullable(),
      status: z.enum(['pass', 'fail', 'skipped', 'error', 'not-applicable']),
      /** Result blob and snapshot exist and their digests hold. */
      evidence: z.boolean(),
      /** It could not run, and a person stands in for it with evidence attached. */
      attested: z.boolean().optional(),
      findings: z.array(
        z.object({
          fingerprint: z.string(),
          severity: z.enum(['blocker', 'high', 'medium', 'low', 'info']),
          state: z.enum(['open', 'waived', 'acknowledged']),
          table: z.tuple([name, name]).nullable(),
        }),
      ),
    }),
  ),
  /** Checkpoints of sections 1–6 that are not satisfied. */
  unsatisfied: z.array(z.string()),
});

/** Tables, columns and functions at the last sign-off; null when nothing was signed before. */
const lastSigned = z
  .object({
    at: z.string(),
    snapshotId: z.string(),
    relations: z.array(
      z.object({ schema: name, name, columns: z.array(z.object({ name, type: z.string(), notNull: z.boolean() })) }),
    ),
    functions: z.array(z.object({ schema: name, name, arguments: z.string() })),
  })
  .nullable();

/** Every facet by name. */
export const factSchemas = {
  database,
  access,
  volatileDatabase,
  settings,
  roleSettings,
  roles,
  schemas,
  relations,
  columns,
  constraints,
  indexes,
  policies,
  functions,
  triggers,
  views,
  types,
  sequences,
  sequenceValues,
  extensions,
  publications,
  defaultAcls,
  eventTriggers,
  tableStats,
  columnStats,
  indexStats,
  activity,
  statements,
  replicationSlots,
  authUsers,
  storage,
  cronJobs,
  httpResponses,
  migrationHistory,
  securityLabels,
  rowCounts,
  orphans,
  profileParity,
  repoFiles,
  repoConfig,
  repoMigrations,
  repoKeys,
  repoEnv,
  repoCode,
  repoTypes,
  repoProject,
  replay,
  declared: declaredSchema,
  auditResults,
  lastSigned,
} as const;

export type FactName = keyof typeof factSchemas;
export type Facts = { [N in FactName]: z.infer<(typeof factSchemas)[N]> };
export type Row<N extends FactName> = Facts[N] extends readonly (infer R)[] ? R : never;
export type Relation = Row<'relations'>;
export type Column = Row<'columns'>;
export type Constraint = Row<'constraints'>;
export type Index = Row<'indexes'>;
export type Policy = Row<'policies'>;
export type FunctionFact = Row<'functions'>;
export type Trigger = Row<'triggers'>;
export type Role = Row<'roles'>;

export const FACT_NAMES = Object.keys(factSchemas) as FactName[];

/** Facets that change without anybody changing the project; a new digest of theirs makes nothing stale. */
export const VOLATILE_FACTS: ReadonlySet<FactName> = new Set<FactName>([
  'access',
  'volatileDatabase',
  'sequenceValues',
  'tableStats',
  'columnStats',
  'indexStats',
  'activity',
  'statements',
  'replicationSlots',
  'authUsers',
  'httpResponses',
  'cronJobs',
  'storage',
  'rowCounts',
  'orphans',
  'profileParity',
  'auditResults',
  'lastSigned',
]);

/** Which collector brings a facet. */
export const FACT_SOURCES = {
  catalogue: [
    'database',
    'access',
    'volatileDatabase',
    'settings',
    'roleSettings',
    'roles',
    'schemas',
    'relations',
    'columns',
    'constraints',
    'indexes',
    'policies',
    'functions',
    'triggers',
    'views',
    'types',
    'sequences',
    'sequenceValues',
    'extensions',
    'publications',
    'defaultAcls',
    'eventTriggers',
    'tableStats',
    'columnStats',
    'indexStats',
    'activity',
    'statements',
    'replicationSlots',
    'authUsers',
    'storage',
    'cronJobs',
    'httpResponses',
    'migrationHistory',
    'securityLabels',
  ],
  data: ['rowCounts', 'orphans', 'profileParity'],
  repository: [
    'repoFiles',
    'repoConfig',
    'repoMigrations',
    'repoKeys',
    'repoEnv',
    'repoCode',
    'repoTypes',
    'repoProject',
  ],
  audit: ['replay', 'declared', 'auditResults', 'lastSigned'],
} as const satisfies Record<string, readonly FactName[]>;

/** Facets that hold no meaning in a database replayed from migrations: nobody's data and no load are there. */
export const LIVE_ONLY_FACTS: ReadonlySet<FactName> = new Set<FactName>([
  'access',
  'volatileDatabase',
  'sequenceValues',
  'tableStats',
  'columnStats',
  'indexStats',
  'activity',
  'statements',
  'replicationSlots',
  'authUsers',
  'httpResponses',
  'rowCounts',
  'orphans',
  'profileParity',
  'migrationHistory',
]);

/** How the collection of one facet ended. Only `ok` has a value. */
export const facetStatusSchema = z.enum(['ok', 'denied', 'timeout', 'absent', 'error']);

/** One collected facet: its value, or why there is none. */
export type CollectedFact<N extends FactName = FactName> =
  | {
      status: 'ok';
      value: Facts[N];
      /** Objects known to exist that could not be seen, in words; a check over this facet is then never a pass. */
      hidden: string[];
      ms: number;
    }
  | {
      status: 'denied' | 'timeout' | 'absent' | 'error' /** Cause and what would make it available. */;
      reason: string;
      ms: number;
    };

/** What a collector brings back: facets by name; one that it does not bring is `absent`. */
export type Collected = { [N in FactName]?: CollectedFact<N> };

export const snapshotHeaderSchema = z.object({
  schema: z.literal('supaready.snapshot/v1'),
  /** sha256 over environment, source and facet digests. */
  id: z.string(),
  environment: z.string(),
  source: z.enum(['live', 'from-migrations']),
  takenAt: z.string(),
  durationMs: z.number(),
  facets: z.record(
    z.string(),
    z.object({
      status: facetStatusSchema,
      /** Digest of the canonical JSON of the value; null unless ok. */
      sha256: z.string().nullable(),
      rows: z.int().nullable(),
      reason: z.string().nullable(),
      hidden: z.array(z.string()),
      ms: z.number(),
    }),
  ),
});
export type SnapshotHeader = z.infer<typeof snapshotHeaderSchema>;

/** All facts of one environment at one moment. */
export interface Snapshot {
  header: SnapshotHeader;
  facts: Collected;
}
