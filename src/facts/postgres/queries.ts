import access from './sql/access.sql';
import activity from './sql/activity.sql';
import authUsers from './sql/auth-users.sql';
import columnStats from './sql/column-stats.sql';
import columns from './sql/columns.sql';
import comments from './sql/comments.sql';
import constraints from './sql/constraints.sql';
import cronJobs from './sql/cron-jobs.sql';
import cronRuns from './sql/cron-runs.sql';
import database from './sql/database.sql';
import defaultAcls from './sql/default-acls.sql';
import eventTriggers from './sql/event-triggers.sql';
import extensions from './sql/extensions.sql';
import foreignServers from './sql/foreign-servers.sql';
import functions from './sql/functions.sql';
import httpResponses from './sql/http-responses.sql';
import indexStats from './sql/index-stats.sql';
import indexes from './sql/indexes.sql';
import migrationsDrizzle from './sql/migrations-drizzle.sql';
import migrationsFlyway from './sql/migrations-flyway.sql';
import migrationsGoose from './sql/migrations-goose.sql';
import migrationsNumbered from './sql/migrations-numbered.sql';
import migrationsPrisma from './sql/migrations-prisma.sql';
import migrationsSupabase from './sql/migrations-supabase.sql';
import namespaces from './sql/namespaces.sql';
import objectNames from './sql/object-names.sql';
import otherObjects from './sql/other-objects.sql';
import plpgsqlCheck from './sql/plpgsql-check.sql';
import policies from './sql/policies.sql';
import probe from './sql/probe.sql';
import publications from './sql/publications.sql';
import relations from './sql/relations.sql';
import replicationSlots from './sql/replication-slots.sql';
import roleSettings from './sql/role-settings.sql';
import roles from './sql/roles.sql';
import rules from './sql/rules.sql';
import schemas from './sql/schemas.sql';
import securityLabels from './sql/security-labels.sql';
import sequenceValues from './sql/sequence-values.sql';
import sequences from './sql/sequences.sql';
import settings from './sql/settings.sql';
import statements from './sql/statements.sql';
import statisticsObjects from './sql/statistics-objects.sql';
import storage from './sql/storage.sql';
import tableStats from './sql/table-stats.sql';
import triggers from './sql/triggers.sql';
import types from './sql/types.sql';
import unreadableTables from './sql/unreadable-tables.sql';
import views from './sql/views.sql';
import volatileDatabase from './sql/volatile-database.sql';

/** Every query file, by name. `:name` in them stands for a fragment (see sql-text.ts). */
export const QUERIES = {
  access,
  activity,
  authUsers,
  columnStats,
  comments,
  columns,
  constraints,
  cronJobs,
  cronRuns,
  database,
  defaultAcls,
  eventTriggers,
  extensions,
  foreignServers,
  functions,
  httpResponses,
  indexStats,
  indexes,
  migrationsDrizzle,
  migrationsFlyway,
  migrationsGoose,
  migrationsNumbered,
  migrationsPrisma,
  migrationsSupabase,
  namespaces,
  objectNames,
  otherObjects,
  plpgsqlCheck,
  policies,
  probe,
  publications,
  relations,
  replicationSlots,
  roleSettings,
  roles,
  rules,
  schemas,
  securityLabels,
  sequenceValues,
  sequences,
  settings,
  statements,
  statisticsObjects,
  storage,
  tableStats,
  triggers,
  types,
  unreadableTables,
  views,
  volatileDatabase,
} as const;

/** The text of every catalogue query, by name, as kept in a bundle for the reader. */
export function catalogueQueries(): Record<string, string> {
  return { ...QUERIES };
}
