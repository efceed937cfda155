import { nameParts, walk } from '../../../../core/sql.ts';
import { quoteIdent } from '../../../../core/text.ts';
import { statementsOfBlock, stringValue } from '../block-statements.ts';
import { judgeAlterTable } from './alter-table.ts';
import { judgeType, readColumn } from './columns.ts';
import {
  type Fields,
  type FileState,
  type History,
  type Judged,
  keyOf,
  type RangeVar,
  type Report,
  type Said,
  type TableName,
  tableOf,
} from './model.ts';
import { insertAfterWord, shown, tableText } from './write.ts';

/** Judges one statement of a migration, and what a DO block does at its top level; notes what it makes and grants. */
export function judgeStatement(judged: Judged, state: FileState, history: History): void {
  if ('DoStmt' in judged.node) {
    for (const { node } of statementsOfBlock(judged.text))
      judgeNode({ node, text: '', line: judged.line }, state, history);
    return;
  }
  judgeNode(judged, state, history);
}

function reporter({ line }: Judged, { path }: FileState, history: History): Report {
  return (rule, { table, name = null, what, asked = null, rewrite = null }: Said) => {
    const place = { schema: table?.schema ?? null, table: table?.name ?? null, name };
    history.out.risks.push({ path, line, rule, ...place, what, asked, rewrite });
  };
}

function judgeNode(judged: Judged, state: FileState, history: History): void {
  const report = reporter(judged, state, history);
  const tree = judged.node as unknown as Record<string, Fields>;
  const [type = ''] = Object.keys(tree);
  const body = tree[type] ?? {};
  const table = body.relation ? tableOf(body.relation, state) : null;
  const { path } = state;
  const { line } = judged;
  const made = (relation: unknown, renamedFrom: string | null = null) => {
    const { schema, name } = tableOf(relation, state);
    history.out.tables.push({ path, line, schema, name, renamedFrom });
  };
  switch (type) {
    case 'VariableSetStmt':
      setting(body, state);
      return;
    case 'SelectStmt':
      settingByCall(body, state);
      return;
    case 'TransactionStmt':
      transaction(body, state, report);
      return;
    case 'CreateStmt':
      made(body.relation);
      for (const element of (body.tableElts ?? []) as { ColumnDef?: Fields }[]) {
        if (element.ColumnDef && table) judgeType(readColumn(element.ColumnDef), table, report);
      }
      robust(body.if_not_exists === true, 'create table', table, state, report);
      return;
    case 'CreateTableAsStmt': {
      const into = (body.into as Fields | undefined)?.rel;
      if (into) made(into);
      return;
    }
    case 'AlterTableStmt':
      if (body.objtype !== 'OBJECT_TABLE' || !table) return;
      judgeAlterTable(body, table, judged, state, history, report);
      limit(table, 'alters it', state, report);
      return;
    case 'IndexStmt':
      if (table) createIndex(body, table, judged, state, report);
      return;
    case 'DropStmt':
      drop(body, judged, state, report);
      return;
    case 'RenameStmt':
      rename(body, state, report, made);
      return;
    case 'TruncateStmt':
      for (const item of (body.relations ?? []) as { RangeVar?: RangeVar }[]) {
        const target = tableOf(item.RangeVar, state);
        limit(target, 'empties it', state, report);
        if (body.behavior !== 'DROP_CASCADE') continue;
        report('ban-truncate-cascade', {
          table: target,
          what: 'empties the table and every table that points at it',
          rewrite: `truncate ${tableText(target)}`,
        });
      }
      return;
    case 'CreateTrigStmt':
    case 'CreatePolicyStmt':
    case 'AlterPolicyStmt': {
      const target = tableOf(body.relation ?? body.table, state);
      limit(target, type === 'CreateTrigStmt' ? 'adds a trigger' : 'changes its policies', state, report);
      return;
    }
    case 'ReindexStmt':
      reindex(body, judged, state, report);
      return;
    case 'VacuumStmt':
    case 'ClusterStmt':
      rewriteWhole(type, body, state, report);
      return;
    case 'CreateDomainStmt':
      if (Array.isArray(body.constraints) && body.constraints.length > 0) {
        const name = nameParts(body.domainname).join('.');
        report('ban-create-domain-with-constraint', { name, what: `makes the domain ${name} with a constraint` });
      }
      return;
    case 'AlterDomainStmt':
      if (body.subtype === 'C') {
        const name = nameParts(body.typeName).join('.');
        report('ban-alter-domain-with-add-constraint', { name, what: `adds a constraint to the domain ${name}` });
      }
      return;
    case 'DropdbStmt': {
      const name = String(body.dbname ?? '');
      report('ban-drop-database', { name, what: `drops the database ${quoteIdent(name)}` });
      return;
    }
    case 'GrantStmt':
      grant(body, judged, state, history);
      return;
    case 'AlterDefaultPrivilegesStmt':
      defaultGrant(body, judged, state, history);
      return;
  }
}

const LOCK = 'lock_timeout';
const STATEMENT = 'statement_timeout';

/** Zero lifts a limit, and DEFAULT gives back the session's own. */
function limited(name: string, value: string | null, state: FileState): void {
  const on = value !== null && !/^0+\s*(ms|s|min|h|d)?$/.test(value.trim());
  if (name === LOCK) state.lockTimeout = on;
  if (name === STATEMENT) state.statementTimeout = on;
}

function constant(node: unknown): string | null {
  const number = (node as { A_Const?: { ival?: { ival?: number } } })?.A_Const?.ival;
  return number ? String(number.ival ?? 0) : stringValue(node);
}

function setting(body: Fields, state: FileState): void {
  const name = String(body.name ?? '');
  const first = constant((body.args as unknown[] | undefined)?.[0]);
  if (name === 'search_path') state.schema = first?.split(',')[0]?.trim().replaceAll('"', '') || 'public';
  limited(name, first, state);
}

/** `select set_config('lock_timeout', …)`. */
function settingByCall(body: Fields, state: FileState): void {
  walk(body.targetList, (type, node) => {
    if (type !== 'FuncCall' || nameParts(node.funcname).at(-1) !== 'set_config') return true;
    const [name, value] = (node.args ?? []) as unknown[];
    const key = stringValue(name);
    if (key === 'search_path') state.schema = stringValue(value)?.split(',')[0]?.trim().replaceAll('"', '') || 'public';
    if (key !== null) limited(key, stringValue(value), state);
    return false;
  });
}

function transaction(body: Fields, state: FileState, report: Report): void {
  const begins = body.kind === 'TRANS_STMT_BEGIN' || body.kind === 'TRANS_STMT_START';
  const ends = body.kind === 'TRANS_STMT_COMMIT' || body.kind === 'TRANS_STMT_ROLLBACK';
  if (!begins && !ends) return;
  if (state.tool === 'supabase' || state.tool === 'drizzle' || (begins && state.ownTransaction)) {
    report('transaction-nesting', {
      what: begins
        ? 'begins a transaction inside the one it runs in'
        : 'ends the transaction it runs in: what follows is no longer undone when the file fails',
    });
  }
  state.ownTransaction = begins;
}

/** Says once a file and table that a lock is waited for without limit; everybody who comes later waits behind it. */
function limit(table: TableName, what: string, state: FileState, report: Report): void {
  const key = keyOf(table);
  if (state.lockTimeout || state.unlimited.has(key)) return;
  state.unlimited.add(key);
  report('require-timeout-settings', {
    table,
    what: `${what} and waits for its lock without limit`,
    asked: state.statementTimeout ? 'lock_timeout' : 'lock_timeout, statement_timeout',
    rewrite: "set lock_timeout = '2s'",
  });
}

/** Outside a transaction a file that broke off is run again from its start. */
function robust(isRobust: boolean, what: string, table: TableName | null, state: FileState, report: Report): void {
  if (isRobust || state.inTransaction || state.ownTransaction || state.statements < 2) return;
  report('prefer-robust-stmts', {
    ...(table && { table }),
    what: `${what} without IF [NOT] EXISTS in a file that no transaction holds together`,
  });
}

function createIndex(body: Fields, table: TableName, judged: Judged, state: FileState, report: Report): void {
  const name = typeof body.idxname === 'string' ? body.idxname : null;
  const said = { table, name };
  const label = name === null ? 'an index' : `the index ${quoteIdent(name)}`;
  if (body.concurrent !== true) {
    report('require-concurrent-index-creation', {
      ...said,
      what: `builds ${label} while writes to the table wait`,
      rewrite: shown(insertAfterWord(judged.text, 'index', 'concurrently')),
    });
    limit(table, 'builds an index', state, report);
    return;
  }
  // The Supabase CLI (from 2.109 on) takes such statements out of its own transaction, not out of the file's.
  const refused = state.ownTransaction || state.tool === 'drizzle' || (state.tool === 'prisma' && state.statements > 1);
  if (refused) {
    report('ban-concurrent-index-creation-in-transaction', {
      ...said,
      what: `builds ${label} concurrently inside a transaction, which PostgreSQL refuses`,
    });
  }
  if (body.if_not_exists !== true && state.statements > 1 && !refused) {
    report('prefer-robust-stmts', { ...said, what: `create index concurrently without IF NOT EXISTS` });
  }
}

function drop(body: Fields, judged: Judged, state: FileState, report: Report): void {
  for (const object of (body.objects ?? []) as Fields[]) {
    const parts = nameParts((object.List as { items?: unknown } | undefined)?.items);
    const target = (names: string[]): TableName => ({
      schema: names.length > 1 ? (names.at(-2) ?? '') : state.schema,
      name: names.at(-1) ?? '',
    });
    switch (body.removeType) {
      case 'OBJECT_TABLE': {
        const table = target(parts);
        report('ban-drop-table', { table, what: 'drops the table' });
        limit(table, 'drops it', state, report);
        break;
      }
      case 'OBJECT_SCHEMA': {
        const name = (object.String as { sval?: string } | undefined)?.sval ?? '';
        if (body.behavior === 'DROP_CASCADE')
          report('ban-drop-schema', { name, what: `drops the schema ${quoteIdent(name)} with all that is in it` });
        break;
      }
      case 'OBJECT_INDEX': {
        if (body.concurrent === true) break;
        const { schema, name } = target(parts);
        const asked = `${schema}.${name}`;
        report('require-concurrent-index-deletion', {
          name,
          asked,
          what: `drops the index ${quoteIdent(name)} under its table's strongest lock`,
          rewrite: shown(insertAfterWord(judged.text, 'index', 'concurrently')),
        });
        break;
      }
      case 'OBJECT_POLICY':
      case 'OBJECT_TRIGGER':
        limit(target(parts.slice(0, -1)), 'changes it', state, report);
        break;
    }
  }
}

function rename(
  body: Fields,
  state: FileState,
  report: Report,
  made: (relation: unknown, renamedFrom: string | null) => void,
): void {
  const { relation } = body;
  const to = String(body.newname ?? '');
  if (body.renameType === 'OBJECT_TABLE') {
    const table = tableOf(relation, state);
    made({ ...(relation as RangeVar), relname: to }, table.name);
    report('renaming-table', {
      table,
      what: `renames the table to ${quoteIdent(to)}`,
      asked: to,
      rewrite: `alter table ${tableText(table)} rename to ${quoteIdent(to)};\ncreate view ${tableText(table)} with (security_invoker = on) as select * from ${tableText({ schema: table.schema, name: to })}`,
    });
    limit(table, 'renames it', state, report);
    return;
  }
  if (body.renameType !== 'OBJECT_COLUMN' || body.relationType !== 'OBJECT_TABLE') return;
  const table = tableOf(relation, state);
  const from = String(body.subname ?? '');
  report('renaming-column', {
    table,
    name: from,
    what: `renames the column ${quoteIdent(from)} to ${quoteIdent(to)}`,
    asked: to,
  });
  limit(table, 'renames a column', state, report);
}

function reindex(body: Fields, judged: Judged, state: FileState, report: Report): void {
  const concurrently = JSON.stringify(body.params ?? []).includes('"concurrently"');
  if (concurrently) return;
  const table = body.kind === 'REINDEX_OBJECT_TABLE' ? tableOf(body.relation, state) : null;
  const index = body.kind === 'REINDEX_OBJECT_INDEX' ? tableOf(body.relation, state) : null;
  report('require-concurrent-reindex', {
    ...(table && { table }),
    name: index?.name ?? null,
    asked: index ? `${index.schema}.${index.name}` : null,
    what: 'rebuilds indexes while writes wait',
    rewrite: shown(insertAfterWord(judged.text, table ? 'table' : index ? 'index' : 'schema', 'concurrently')),
  });
}

/** VACUUM FULL and CLUSTER write a table anew under its strongest lock. */
function rewriteWhole(type: string, body: Fields, state: FileState, report: Report): void {
  const full = JSON.stringify(body.options ?? []).includes('"defname":"full"');
  if (type === 'VacuumStmt' && !(full && body.is_vacuumcmd === true)) return;
  const relations =
    type === 'ClusterStmt'
      ? body.relation
        ? [body.relation]
        : []
      : ((body.rels ?? []) as { VacuumRelation?: { relation?: unknown } }[]).map((rel) => rel.VacuumRelation?.relation);
  for (const relation of relations) {
    report('prefer-repack', {
      table: tableOf(relation, state),
      what: `${type === 'ClusterStmt' ? 'CLUSTER' : 'VACUUM FULL'} writes the table anew while reads and writes wait`,
    });
  }
}

function rolesIn(grantees: unknown): string[] {
  return ((grantees ?? []) as { RoleSpec?: { roletype?: string; rolename?: string } }[]).flatMap(({ RoleSpec }) =>
    RoleSpec?.roletype === 'ROLESPEC_PUBLIC' ? ['public'] : RoleSpec?.rolename ? [RoleSpec.rolename] : [],
  );
}

function privilegesIn(privileges: unknown): string[] {
  return ((privileges ?? []) as { AccessPriv?: { priv_name?: string } }[]).flatMap(({ AccessPriv }) =>
    AccessPriv?.priv_name ? [AccessPriv.priv_name] : [],
  );
}

function grant(body: Fields, { line }: Judged, state: FileState, history: History): void {
  if (body.objtype !== 'OBJECT_TABLE') return;
  const given = {
    path: state.path,
    line,
    roles: rolesIn(body.grantees),
    privileges: privilegesIn(body.privileges),
    revoke: body.is_grant !== true,
    later: false,
  };
  for (const object of (body.objects ?? []) as { RangeVar?: RangeVar; String?: { sval?: string } }[]) {
    if (body.targtype === 'ACL_TARGET_ALL_IN_SCHEMA')
      history.out.grants.push({ ...given, schema: object.String?.sval ?? null, table: null });
    else {
      const { schema, name } = tableOf(object.RangeVar, state);
      history.out.grants.push({ ...given, schema, table: name });
    }
  }
}

function defaultGrant(body: Fields, { line }: Judged, { path }: FileState, history: History): void {
  const action = (body.action as { GrantStmt?: Fields } | Fields | undefined) ?? {};
  const statement = (action as { GrantStmt?: Fields }).GrantStmt ?? (action as Fields);
  if (statement.objtype !== 'OBJECT_TABLE') return;
  const options = (body.options ?? []) as { DefElem?: { defname?: string; arg?: { List?: { items?: unknown } } } }[];
  const schemas = nameParts(options.find(({ DefElem }) => DefElem?.defname === 'schemas')?.DefElem?.arg?.List?.items);
  for (const schema of schemas.length === 0 ? [null] : schemas) {
    history.out.grants.push({
      path,
      line,
      schema,
      table: null,
      roles: rolesIn(statement.grantees),
      privileges: privilegesIn(statement.privileges),
      revoke: statement.is_grant !== true,
      later: true,
    });
  }
}
