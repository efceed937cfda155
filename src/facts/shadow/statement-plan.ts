import { type Node, nameParts, parseScript } from '../../core/sql.ts';
import { quoteIdent } from '../../core/text.ts';
import { comesBeforeGuard, isGuard } from './extension-guard.ts';
import { SHIM_VERSION, SHIMS, type Shim } from './shims.ts';

/** How a statement of a migration is run. */
export interface StatementPlan {
  /** What is sent: the statement, without what a shim cannot take. */
  sql: string;
  kind:
    | 'ordinary'
    /** BEGIN: the file is in a transaction already. */
    | 'begin'
    /** COMMIT, ROLLBACK: ends the file's transaction; what follows starts another. */
    | 'end'
    /** Refused by PostgreSQL inside a transaction block. */
    | 'outside'
    /** ALTER TYPE … ADD VALUE: the value can be used only after a commit. */
    | 'add-value'
    /** Needs a superuser in plain PostgreSQL; hosted Supabase lets `postgres` do it (supautils). */
    | 'privileged';
  /** The validator a foreign-data wrapper gets, as to_regprocedure takes it. */
  validator?: string;
  /** Run as the superuser right after a privileged statement, so that `postgres` can go on with what it made. */
  after?: string;
  /** Why it is not run at all. */
  refused?: string;
}

const AS_POSTGRES = 'set session authorization postgres';

/** Statements longer than this are data; they are sent as they are. */
const MAX_PARSED = 1024 * 1024;
const SHIM_BY_NAME = new Map(SHIMS.map((shim) => [shim.name, shim]));
/** Index methods of shims, which take no storage parameters. */
const SHIM_METHODS = new Set(['hnsw', 'ivfflat', 'pgroonga']);

/** Statements that begin so are run as they are. A dump has them by the hundred thousand, so they are not parsed. */
const NEVER_PLANNED =
  /^(?:insert|select|update|delete|grant|revoke|comment|with|copy|do|create\s+(?:or\s+replace\s+)?(?:function|procedure|policy|table|view|trigger|type|schema|sequence)|(?:alter|drop)\s+(?:policy|function|sequence|view|trigger|schema)|alter\s+default|alter\s+table(?![\s\S]*\bconcurrently\b))\b/i;

interface DefElem {
  defname?: string;
  location?: number;
}

function elements(options: unknown): DefElem[] {
  if (!Array.isArray(options)) return [];
  return options.flatMap((option: { DefElem?: DefElem }) => (option.DefElem ? [option.DefElem] : []));
}

/** The parser counts bytes, JavaScript UTF-16 units. */
function unitOffset(text: string, bytes: number): number {
  return Buffer.from(text, 'utf8').subarray(0, bytes).toString('utf8').length;
}

/**
 * `create extension x version '1.2' schema y` without the version, which the shim has not, and without the schema where the
 * extension has one of its own.
 */
function withoutOptions(text: string, options: unknown, shim: Shim): string {
  let sql = text;
  const places = elements(options).filter(
    ({ location, defname }) =>
      location !== undefined && (defname === 'new_version' || (defname === 'schema' && shim.schema)),
  );
  for (const { location = 0 } of places.toReversed()) {
    const at = unitOffset(text, location);
    sql = sql.slice(0, at) + sql.slice(at).replace(/^(?:version|schema)\s+('[^']*'|"(?:[^"]|"")*"|[^\s;]+)/i, '');
  }
  sql = sql.replace(/\bwith\s*$/i, '');
  const named = elements(options).some(({ defname }) => defname === 'schema');
  return shim.home && !named ? `${sql} with schema ${shim.home}` : sql;
}

/** `create index … with (m = 16)` without its storage parameters. */
function withoutStorage(text: string, options: unknown): string {
  const places = elements(options).flatMap(({ location }) =>
    location === undefined ? [] : [unitOffset(text, location)],
  );
  if (places.length === 0) return text;
  const head = text.slice(0, Math.min(...places));
  const close = text.indexOf(')', Math.max(...places));
  const open = /\bwith\s*\(\s*$/i.exec(head);
  return open && close !== -1 ? head.slice(0, open.index) + text.slice(close + 1) : text;
}

function isConcurrent(options: unknown): boolean {
  return elements(options).some(({ defname }) => defname === 'concurrently');
}

/**
 * Event triggers of the project's must stay out of a superuser's sessions (admin-session.ts) and of extension scripts
 * (extension-guard.ts): why this one must not be made, changed or dropped.
 */
function refusal(name: string, enabled: string | undefined, onStart: boolean): string | null {
  if (isGuard(name)) return 'permission denied: supaready itself watches the replay with this event trigger';
  if (enabled === 'A' || enabled === 'R')
    return 'permission denied: the replay has no event trigger that is ENABLE ALWAYS or REPLICA, which would run as a superuser too';
  return onStart && !comesBeforeGuard(name)
    ? 'permission denied: by its name this event trigger would come after the one that keeps the project’s out of extension scripts'
    : null;
}

/** VALIDATOR among the options of a foreign-data wrapper. */
function validatorOf(options: unknown): string | null {
  for (const option of Array.isArray(options) ? options : []) {
    const { defname, arg } =
      (option as { DefElem?: { defname?: string; arg?: { List?: { items?: unknown } } } }).DefElem ?? {};
    const parts = defname === 'validator' ? nameParts(arg?.List?.items) : [];
    if (parts.length > 0) return `${parts.map(quoteIdent).join('.')}(text[], oid)`;
  }
  return null;
}

function refusable(plan: StatementPlan, refused: string | null | undefined): StatementPlan {
  return refused ? { ...plan, refused } : plan;
}

function planOf(node: Node, text: string): StatementPlan {
  const plan = (kind: StatementPlan['kind'], sql = text, after?: string): StatementPlan =>
    after === undefined ? { sql, kind } : { sql, kind, after };
  if ('TransactionStmt' in node) {
    const kind = node.TransactionStmt.kind;
    if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') return plan('begin');
    if (kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK') return plan('end');
    return plan('ordinary');
  }
  // On a plain server of --shadow-url both would end in the session's own login, a superuser.
  if ('DiscardStmt' in node && node.DiscardStmt.target === 'DISCARD_ALL') return plan('outside', text, AS_POSTGRES);
  if ('VariableSetStmt' in node && node.VariableSetStmt.name === 'session_authorization')
    return plan('ordinary', AS_POSTGRES);
  if ('IndexStmt' in node) {
    const { concurrent, accessMethod, options } = node.IndexStmt;
    const sql = SHIM_METHODS.has(accessMethod ?? '') ? withoutStorage(text, options) : text;
    return plan(concurrent ? 'outside' : 'ordinary', sql);
  }
  if ('DropStmt' in node) {
    const { concurrent, removeType } = node.DropStmt;
    if (concurrent) return plan('outside');
    if (removeType !== 'OBJECT_EVENT_TRIGGER') return plan(removeType === 'OBJECT_FDW' ? 'privileged' : 'ordinary');
    const names = (node.DropStmt.objects ?? []).map((object) => nameParts([object])[0] ?? '');
    return refusable(
      plan('privileged'),
      names.map((name) => refusal(name, undefined, false)).find((said) => said !== null),
    );
  }
  if ('ReindexStmt' in node) {
    const { kind, params } = node.ReindexStmt;
    return plan(
      isConcurrent(params) ||
        kind === 'REINDEX_OBJECT_DATABASE' ||
        kind === 'REINDEX_OBJECT_SCHEMA' ||
        kind === 'REINDEX_OBJECT_SYSTEM'
        ? 'outside'
        : 'ordinary',
    );
  }
  if ('ClusterStmt' in node) return plan(node.ClusterStmt.relation ? 'ordinary' : 'outside');
  if ('VacuumStmt' in node) return plan(node.VacuumStmt.is_vacuumcmd ? 'outside' : 'ordinary');
  if ('AlterTableStmt' in node) {
    const detach = JSON.stringify(node.AlterTableStmt.cmds ?? []).includes('"concurrent":true');
    return plan(detach ? 'outside' : 'ordinary');
  }
  if ('AlterEnumStmt' in node)
    return plan(
      node.AlterEnumStmt.newVal !== undefined && node.AlterEnumStmt.oldVal === undefined ? 'add-value' : 'ordinary',
    );
  if ('AlterSystemStmt' in node || 'CreatedbStmt' in node || 'DropdbStmt' in node || 'CreateSubscriptionStmt' in node)
    return plan('outside');
  if ('CreateExtensionStmt' in node) {
    const { extname, options } = node.CreateExtensionStmt;
    const shim = SHIM_BY_NAME.get(extname ?? '');
    return plan('ordinary', shim ? withoutOptions(text, options, shim) : text);
  }
  if ('AlterExtensionStmt' in node && SHIM_BY_NAME.has(node.AlterExtensionStmt.extname ?? '')) {
    // A shim has one version, and UPDATE nothing to do.
    return plan('ordinary', '');
  }
  if ('CreateEventTrigStmt' in node) {
    const { trigname = '', eventname } = node.CreateEventTrigStmt;
    return refusable(plan('privileged'), refusal(trigname, undefined, eventname === 'ddl_command_start'));
  }
  if ('AlterEventTrigStmt' in node) {
    const { trigname = '', tgenabled } = node.AlterEventTrigStmt;
    return refusable(plan('privileged'), refusal(trigname, tgenabled, false));
  }
  if ('CreateFdwStmt' in node) {
    const { fdwname = '', func_options } = node.CreateFdwStmt;
    const after = `grant usage on foreign data wrapper ${quoteIdent(fdwname)} to postgres with grant option`;
    const validator = validatorOf(func_options);
    // A handler trusts what its validator lets through: postgres_fdw would connect without a password.
    if (validator === null) return plan((func_options ?? []).length === 0 ? 'privileged' : 'ordinary', text, after);
    return { ...plan('privileged', text, after), validator };
  }
  if ('AlterFdwStmt' in node)
    return plan((node.AlterFdwStmt.func_options ?? []).length === 0 ? 'privileged' : 'ordinary');
  if ('CreatePublicationStmt' in node) {
    const { pubname, for_all_tables, pubobjects } = node.CreatePublicationStmt;
    const objects = JSON.stringify(pubobjects ?? []);
    const wide = for_all_tables === true || objects.includes('TABLES_IN');
    // A row filter is an expression of the project's, and reading its constants can run the project's functions.
    return wide && !objects.includes('"whereClause"')
      ? plan('privileged', text, `alter publication ${quoteIdent(pubname ?? '')} owner to postgres`)
      : plan('ordinary');
  }
  return plan('ordinary');
}

/**
 * Decides how one statement is run. One that does not parse is sent as it is: the server says better what is wrong.
 * The SQL parser must be loaded.
 */
export function planStatement(text: string): StatementPlan {
  if (text.length > MAX_PARSED || NEVER_PLANNED.test(text)) return { sql: text, kind: 'ordinary' };
  const [statement, second] = parseScript(text).statements;
  // What stands behind a statement must not be run with its rights.
  return statement && !second ? planOf(statement.node, text) : { sql: text, kind: 'ordinary' };
}

/** SQL that lists the shims in use, but for those that the baseline itself has. */
export const LIST_SHIMS = `select extname as name from pg_catalog.pg_extension where extversion = '${SHIM_VERSION}' and extname <> 'supabase_vault' order by 1`;
