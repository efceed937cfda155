import * as z from 'zod';
import { acl, comment, extension, facet, name } from './facet.ts';

/*
 * The catalogue of a database: one facet is one set-based query (src/facts/postgres/sql/). Names are PostgreSQL's; object ids
 * are never stored, since they differ between a live database and a replayed one. Text that can hold a secret (bodies,
 * defaults, comments, trigger arguments, view definitions, policy expressions) has passed the redactor: a secret stands
 * there as `[REDACTED:<rule>]`.
 */

const schemas = () =>
  z.array(
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

const relations = () =>
  z.array(
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
      /** Every parent, in order (INHERITS may name several); null for a root. */
      parents: z.array(z.tuple([name, name])).nullable(),
      partitionKey: z.string().nullable(),
      /** `FOR VALUES …` or `DEFAULT`, of a partition. */
      partitionBound: z.string().nullable(),
      /** n nothing, d default (primary key), f full, i index. */
      replicaIdentity: z.enum(['d', 'n', 'f', 'i']),
      /** The index that is the replica identity, where that is `i`. */
      replicaIndex: z.string().nullable(),
      foreignServer: z.string().nullable(),
      /** OPTIONS of a foreign table, `key=value`; redacted. */
      foreignOptions: z.array(z.string()),
      /** UNLOGGED and TEMPORARY are not `p`. */
      persistence: z.enum(['p', 'u', 't']),
      /** Bits of pg_relation_is_updatable(oid, false): 4 UPDATE, 8 INSERT, 16 DELETE; views only, 0 otherwise. */
      updatable: z.int(),
    }),
  );

const columns = () =>
  z.array(
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
      /** What differs from the type's own way; null when nothing does. */
      special: z
        .object({
          /** Qualified and quoted. */
          collation: z.string().nullable(),
          storage: z.enum(['plain', 'external', 'main', 'extended']).nullable(),
          compression: z.enum(['pglz', 'lz4']).nullable(),
          statistics: z.int().nullable(),
          options: z.array(z.string()),
          foreignOptions: z.array(z.string()),
        })
        .nullable(),
    }),
  );

const constraints = () =>
  z.array(
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

const indexes = () =>
  z.array(
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

const policies = () =>
  z.array(
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

const functions = () =>
  z.array(
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
      strict: z.boolean(),
      leakproof: z.boolean(),
      parallel: z.enum(['safe', 'restricted', 'unsafe']),
      cost: z.number(),
      /** Estimated rows of a set-returning function, else 0. */
      rows: z.number(),
      /** pg_get_function_arguments where a parameter has a default, redacted; null means `arguments`. */
      parameters: z.string().nullable(),
      /** The body is an SQL-standard one (RETURN or BEGIN ATOMIC). */
      sqlBody: z.boolean(),
      /** Options of CREATE AGGREGATE. */
      aggregate: z.string().nullable(),
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

const triggers = () =>
  z.array(
    z.object({
      schema: name,
      table: name,
      name,
      /** O origin, D disabled, R replica, A always. */
      enabled: z.enum(['O', 'D', 'R', 'A']),
      /** Belongs to a constraint (foreign key). */
      internal: z.boolean(),
      /** That constraint, or the constraint trigger's own. */
      constraint: z.string().nullable(),
      functionSchema: name,
      function: name,
      /** pg_get_triggerdef, redacted. */
      definition: z.string(),
      platform: z.boolean(),
    }),
  );

const views = () =>
  z.array(
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

const types = () =>
  z.array(
    z.object({
      schema: name,
      name,
      kind: z.enum(['enum', 'domain', 'composite', 'range']),
      owner: name,
      acl,
      comment,
      labels: z.array(z.string()),
      /** Domains: base type and checks. */
      definition: z.string().nullable(),
      /** Its parts; checks as [name, definition]. */
      domain: z
        .object({
          base: z.string(),
          default: z.string().nullable(),
          notNull: z.boolean(),
          checks: z.array(z.tuple([name, z.string()])),
        })
        .nullable(),
      /** Options of CREATE TYPE … AS RANGE. */
      range: z.string().nullable(),
      extension,
      platform: z.boolean(),
    }),
  );

const sequences = () =>
  z.array(
    z.object({
      schema: name,
      name,
      owner: name,
      type: z.string(),
      start: z.string(),
      increment: z.string(),
      minValue: z.string(),
      maxValue: z.string(),
      cache: z.string(),
      cycle: z.boolean(),
      persistence: z.enum(['p', 'u', 't']),
      /** Made by an identity column, OWNED BY a column, or neither. */
      tie: z.enum(['identity', 'owned', 'free']),
      acl,
      /** The column it feeds (owned by, or its default calls nextval), or null. */
      column: z.object({ schema: name, table: name, column: name, type: z.string() }).nullable(),
      extension,
      platform: z.boolean(),
    }),
  );

const extensions = () =>
  z.array(
    z.object({
      name,
      version: z.string(),
      defaultVersion: z.string().nullable(),
      schema: name,
      relocatable: z.boolean(),
      owner: name,
      /** A signature-only stand-in of our shadow database. */
      shim: z.boolean(),
    }),
  );

const publications = () =>
  z.array(
    z.object({
      name,
      owner: name,
      allTables: z.boolean(),
      insert: z.boolean(),
      update: z.boolean(),
      delete: z.boolean(),
      truncate: z.boolean(),
      viaRoot: z.boolean(),
      /** FOR TABLES IN SCHEMA. */
      schemas: z.array(name),
      /** Tables named in it, with the columns and rows it is held to. */
      members: z.array(
        z.object({
          schema: name,
          table: name,
          columns: z.array(name).nullable(),
          where: z.string().nullable(),
        }),
      ),
      /** Every table it publishes, however it came in. */
      tables: z.array(z.tuple([name, name])),
    }),
  );

/** pg_default_acl: what objects created later by `owner` will be granted. */
const defaultAcls = () =>
  z.array(
    z.object({
      owner: name,
      schema: z.string().nullable(),
      objects: z.enum(['tables', 'sequences', 'functions', 'types', 'schemas', 'large objects']),
      acl,
    }),
  );

const eventTriggers = () =>
  z.array(
    z.object({
      name,
      event: z.string(),
      enabled: z.string(),
      tags: z.array(z.string()),
      function: z.string(),
      owner: name,
    }),
  );

/** Security labels of provider pgsodium (transparent column encryption, deprecated). */
const securityLabels = () => z.array(z.object({ provider: z.string(), object: z.string(), label: z.string() }));

const rules = () =>
  z.array(
    z.object({
      schema: name,
      table: name,
      name,
      /** O origin, D disabled, R replica, A always. */
      enabled: z.enum(['O', 'D', 'R', 'A']),
      /** pg_get_ruledef, redacted. */
      definition: z.string(),
      platform: z.boolean(),
    }),
  );

/** CREATE STATISTICS. */
const statisticsObjects = () =>
  z.array(
    z.object({
      schema: name,
      name,
      tableSchema: name,
      table: name,
      owner: name,
      /** ALTER STATISTICS … SET STATISTICS; null for the default. */
      target: z.int().nullable(),
      /** pg_get_statisticsobjdef. */
      definition: z.string(),
      platform: z.boolean(),
    }),
  );

const foreignServers = () =>
  z.array(
    z.object({
      name,
      wrapper: name,
      owner: name,
      type: z.string().nullable(),
      version: z.string().nullable(),
      /** `key=value`; redacted. */
      options: z.array(z.string()),
      acl,
      /** Roles with a user mapping (its options are never read); `public` for all. */
      mappings: z.array(name),
      extension,
    }),
  );

/** Comments on kinds of objects that have none in their own facet. */
const comments = () =>
  z.array(
    z.object({
      kind: z.enum([
        'index',
        'sequence',
        'constraint',
        'trigger',
        'policy',
        'rule',
        'statistics',
        'event trigger',
        'publication',
        'role',
      ]),
      schema: name.nullable(),
      table: name.nullable(),
      name,
      comment: z.string(),
    }),
  );

/** Kinds that few projects make, whole. */
const otherObjects = () =>
  z.array(
    z.object({
      kind: z.enum([
        'collation',
        'operator',
        'cast',
        'text search configuration',
        'text search dictionary',
        'foreign-data wrapper',
      ]),
      schema: name.nullable(),
      name,
      /** Operators: the argument types. */
      signature: z.string().nullable(),
      owner: name.nullable(),
      platform: z.boolean(),
      /** The statements that make it; redacted. */
      definition: z.string(),
    }),
  );

export const schemaFacets = {
  schemas: facet(schemas),
  relations: facet(relations),
  columns: facet(columns),
  constraints: facet(constraints),
  indexes: facet(indexes),
  policies: facet(policies),
  functions: facet(functions),
  triggers: facet(triggers),
  views: facet(views),
  types: facet(types),
  sequences: facet(sequences),
  extensions: facet(extensions),
  publications: facet(publications),
  defaultAcls: facet(defaultAcls),
  eventTriggers: facet(eventTriggers),
  securityLabels: facet(securityLabels),
  rules: facet(rules),
  statisticsObjects: facet(statisticsObjects),
  foreignServers: facet(foreignServers),
  comments: facet(comments),
  otherObjects: facet(otherObjects),
} as const;
