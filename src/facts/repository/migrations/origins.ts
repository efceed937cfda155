import type { Facts } from '../../../core/facts.ts';
import { type Node, nameParts, parsePlpgsql, parseStatements, type Statement, walk } from '../../../core/sql.ts';

export type Origin = Facts['repoMigrations']['origins'][number];

/** A dropped, renamed or emptied object, in our own words: never the statement's text, which may hold a value. */
export interface Destructive {
  line: number;
  statement: string;
}

interface RangeVar {
  schemaname?: string;
  relname?: string;
}

const RELATION_WORDS: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_FOREIGN_TABLE: 'foreign table',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_INDEX: 'index',
};
const FUNCTION_WORDS = new Set(['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_ROUTINE', 'OBJECT_AGGREGATE']);
const ON_TABLE: Readonly<Record<string, string>> = {
  OBJECT_POLICY: 'policy',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_TABCONSTRAINT: 'constraint',
};
/** Kinds whose loss takes data with it, or breaks code that names them. */
const DATA_KINDS = new Set(['table', 'foreign table', 'view', 'materialized view', 'sequence']);

/**
 * Follows a history of statements and remembers which one created, or last replaced, each object that is still there:
 * through renames, schema moves and drops. Objects made inside DO blocks count with the block's line.
 */
export class OriginTracker {
  readonly #origins = new Map<string, Origin>();
  #schema = 'public';

  /** The objects alive at the end, in the order they were made. */
  origins(): Origin[] {
    return [...this.#origins.values()];
  }

  /** A new file starts with the default search_path. */
  startFile(): void {
    this.#schema = 'public';
  }

  /** Takes one statement in; gives back what it destroyed. */
  apply(statement: Statement, path: string): Destructive[] {
    const destroyed: Destructive[] = [];
    this.#node(statement.node, { path, line: statement.line, text: statement.text }, destroyed);
    return destroyed;
  }

  #node(node: Node, at: { path: string; line: number; text: string }, destroyed: Destructive[]): void {
    const place = { path: at.path, line: at.line };
    const tree = node as unknown as Record<string, Record<string, unknown>>;
    const [type] = Object.keys(tree);
    const body = tree[type ?? ''];
    if (type === undefined || body === undefined) return;
    switch (type) {
      case 'CreateStmt':
        this.#relation('table', body.relation, place, body.if_not_exists === true);
        break;
      case 'CreateForeignTableStmt':
        this.#relation('foreign table', (body.base as Record<string, unknown>).relation, place, false);
        break;
      case 'CreateTableAsStmt': {
        const kind = RELATION_WORDS[String(body.objtype)] ?? 'table';
        this.#relation(kind, (body.into as Record<string, unknown>).rel, place, body.if_not_exists === true);
        break;
      }
      case 'ViewStmt':
        this.#relation('view', body.view, place, false);
        break;
      case 'CreateSeqStmt':
        this.#relation('sequence', body.sequence, place, body.if_not_exists === true);
        break;
      case 'CreateFunctionStmt':
        this.#named('function', nameParts(body.funcname), place);
        break;
      case 'CreateEnumStmt':
      case 'CreateRangeStmt':
        this.#named('type', nameParts(body.typeName), place);
        break;
      case 'CompositeTypeStmt':
        this.#relation('type', body.typevar, place, false);
        break;
      case 'CreateDomainStmt':
        this.#named('type', nameParts(body.domainname), place);
        break;
      case 'CreateSchemaStmt':
        this.#set({ kind: 'schema', schema: '', name: String(body.schemaname), table: null, ...place });
        break;
      case 'CreateExtensionStmt':
        this.#set({ kind: 'extension', schema: '', name: String(body.extname), table: null, ...place });
        break;
      case 'IndexStmt':
        if (typeof body.idxname === 'string') this.#onTable('index', body.idxname, body.relation, place);
        break;
      case 'CreatePolicyStmt':
        this.#onTable('policy', String(body.policy_name), body.table, place);
        break;
      case 'AlterPolicyStmt':
        this.#onTable('policy', String(body.policy_name), body.table, place);
        break;
      case 'CreateTrigStmt':
        this.#onTable('trigger', String(body.trigname), body.relation, place);
        break;
      case 'AlterTableStmt':
        this.#alterTable(body, place, destroyed);
        break;
      case 'RenameStmt':
        this.#rename(body, place, destroyed);
        break;
      case 'AlterObjectSchemaStmt':
        this.#move(body);
        break;
      case 'DropStmt':
        this.#drop(body, place, destroyed);
        break;
      case 'TruncateStmt':
        for (const relation of body.relations as { RangeVar: RangeVar }[]) {
          destroyed.push({ line: place.line, statement: `truncate ${this.#words(relation.RangeVar)}` });
        }
        break;
      case 'DeleteStmt':
        if (!body.whereClause) {
          destroyed.push({
            line: place.line,
            statement: `delete from ${this.#words(body.relation as RangeVar)} without where`,
          });
        }
        break;
      case 'CreatePublicationStmt':
      case 'AlterPublicationStmt':
        this.#publication(body, place);
        break;
      case 'InsertStmt':
        this.#bucket(body, place);
        break;
      case 'SelectStmt':
        this.#cronJob(body, place);
        break;
      case 'VariableSetStmt':
        this.#searchPath(body);
        break;
      case 'DoStmt':
        for (const inner of statementsOfBlock(at.text)) this.#node(inner, { ...at, text: '' }, destroyed);
        break;
    }
  }

  #set(origin: Origin): void {
    this.#origins.set(keyOf(origin), origin);
  }

  #relation(kind: string, relation: unknown, place: { path: string; line: number }, keepFirst: boolean): void {
    const { schemaname, relname } = relation as RangeVar;
    if (relname === undefined) return;
    const origin = { kind, schema: schemaname ?? this.#schema, name: relname, table: null, ...place };
    if (keepFirst && this.#origins.has(keyOf(origin))) return;
    this.#set(origin);
  }

  #named(kind: string, parts: string[], place: { path: string; line: number }): void {
    const { schema, name } = this.#split(parts);
    this.#set({ kind, schema, name, table: null, ...place });
  }

  #onTable(kind: string, name: string, relation: unknown, place: { path: string; line: number }): void {
    const { schemaname, relname } = relation as RangeVar;
    this.#set({ kind, schema: schemaname ?? this.#schema, name, table: relname ?? null, ...place });
  }

  #split(parts: string[]): { schema: string; name: string } {
    const name = parts.at(-1) ?? '';
    return { schema: parts.length > 1 ? (parts.at(-2) ?? '') : this.#schema, name };
  }

  #words(relation: RangeVar): string {
    return `${relation.schemaname ?? this.#schema}.${relation.relname ?? ''}`;
  }

  #alterTable(body: Record<string, unknown>, place: { path: string; line: number }, destroyed: Destructive[]): void {
    const relation = body.relation as RangeVar;
    for (const { AlterTableCmd: command } of body.cmds as { AlterTableCmd: Record<string, unknown> }[]) {
      const subtype = String(command.subtype);
      if (subtype === 'AT_AddConstraint') {
        const constraint = (command.def as { Constraint?: { conname?: string } }).Constraint;
        if (constraint?.conname) this.#onTable('constraint', constraint.conname, relation, place);
      }
      if (subtype === 'AT_DropColumn') {
        destroyed.push({ line: place.line, statement: `drop column ${this.#words(relation)}.${String(command.name)}` });
      }
      if (subtype === 'AT_DropConstraint') {
        const schema = relation.schemaname ?? this.#schema;
        this.#origins.delete(
          keyOf({ kind: 'constraint', schema, name: String(command.name), table: relation.relname ?? null }),
        );
      }
      if (subtype === 'AT_AlterColumnType') {
        destroyed.push({
          line: place.line,
          statement: `change the type of ${this.#words(relation)}.${String(command.name)}`,
        });
      }
    }
  }

  #rename(body: Record<string, unknown>, place: { path: string; line: number }, destroyed: Destructive[]): void {
    const type = String(body.renameType);
    const newName = String(body.newname);
    const relation = (body.relation ?? {}) as RangeVar;
    const schema = relation.schemaname ?? this.#schema;
    const kind = RELATION_WORDS[type];
    if (kind !== undefined) {
      this.#renameRelation(schema, relation.relname ?? '', schema, newName);
      if (DATA_KINDS.has(kind)) {
        destroyed.push({ line: place.line, statement: `rename ${kind} ${this.#words(relation)} to ${newName}` });
      }
      return;
    }
    if (type === 'OBJECT_COLUMN') {
      destroyed.push({
        line: place.line,
        statement: `rename column ${this.#words(relation)}.${String(body.subname)} to ${newName}`,
      });
      return;
    }
    const onTable = ON_TABLE[type];
    if (onTable !== undefined) {
      this.#replace(
        { kind: onTable, schema, name: String(body.subname), table: relation.relname ?? null },
        { name: newName },
      );
      return;
    }
    if (FUNCTION_WORDS.has(type)) {
      const { schema: from, name } = this.#split(functionName(body.object));
      this.#replace({ kind: 'function', schema: from, name, table: null }, { name: newName });
      return;
    }
    if (type === 'OBJECT_TYPE' || type === 'OBJECT_DOMAIN') {
      const { schema: from, name } = this.#split(typeName(body.object));
      this.#replace({ kind: 'type', schema: from, name, table: null }, { name: newName });
      return;
    }
    if (type === 'OBJECT_SCHEMA') {
      for (const origin of this.origins()) {
        if (origin.schema === body.subname) this.#replace(origin, { schema: newName });
        if (origin.kind === 'schema' && origin.name === body.subname) this.#replace(origin, { name: newName });
      }
    }
  }

  #renameRelation(schema: string, name: string, newSchema: string, newName: string): void {
    for (const origin of this.origins()) {
      if (origin.schema !== schema) continue;
      if (origin.table === name) this.#replace(origin, { schema: newSchema, table: newName });
      else if (
        origin.table === null &&
        origin.name === name &&
        (DATA_KINDS.has(origin.kind) || origin.kind === 'published table')
      ) {
        this.#replace(origin, { schema: newSchema, name: newName });
      } else if (origin.kind === 'index' && origin.name === name) this.#replace(origin, { name: newName });
    }
  }

  #move(body: Record<string, unknown>): void {
    const newSchema = String(body.newschema);
    if (body.relation) {
      const { schemaname, relname } = body.relation as RangeVar;
      this.#renameRelation(schemaname ?? this.#schema, relname ?? '', newSchema, relname ?? '');
      return;
    }
    const isFunction = FUNCTION_WORDS.has(String(body.objectType));
    const { schema, name } = this.#split(isFunction ? functionName(body.object) : typeName(body.object));
    this.#replace({ kind: isFunction ? 'function' : 'type', schema, name, table: null }, { schema: newSchema });
  }

  #replace(from: Pick<Origin, 'kind' | 'schema' | 'name' | 'table'>, change: Partial<Origin>): void {
    const origin = this.#origins.get(keyOf(from));
    if (!origin) return;
    this.#origins.delete(keyOf(from));
    this.#set({ ...origin, ...change });
  }

  #drop(body: Record<string, unknown>, place: { path: string; line: number }, destroyed: Destructive[]): void {
    const type = String(body.removeType);
    const objects = body.objects as Record<string, unknown>[];
    for (const object of objects) {
      const kind = RELATION_WORDS[type];
      if (kind !== undefined) {
        const { schema, name } = this.#split(nameParts((object.List as { items?: unknown } | undefined)?.items));
        const known = this.origins().some(
          (origin) => origin.schema === schema && origin.name === name && DATA_KINDS.has(origin.kind),
        );
        for (const origin of this.origins()) {
          if (origin.schema !== schema) continue;
          const own = origin.name === name && (origin.kind === kind || origin.kind === 'published table');
          if (own || (origin.table === name && DATA_KINDS.has(kind))) this.#origins.delete(keyOf(origin));
        }
        // `drop … if exists` of something no migration made is only a precaution.
        if (
          (kind === 'table' || kind === 'foreign table' || kind === 'sequence') &&
          (known || body.missing_ok !== true)
        ) {
          destroyed.push({ line: place.line, statement: `drop ${kind} ${schema}.${name}` });
        }
        continue;
      }
      const onTable = ON_TABLE[type];
      if (onTable !== undefined) {
        const parts = nameParts((object.List as { items?: unknown } | undefined)?.items);
        const name = parts.at(-1) ?? '';
        const { schema, name: table } = this.#split(parts.slice(0, -1));
        this.#origins.delete(keyOf({ kind: onTable, schema, name, table }));
        continue;
      }
      if (FUNCTION_WORDS.has(type)) {
        // Of an overloaded function one variant goes; the last statement that made one stays right for the others.
        const { schema, name } = this.#split(functionName(object));
        this.#origins.delete(keyOf({ kind: 'function', schema, name, table: null }));
        continue;
      }
      if (type === 'OBJECT_TYPE' || type === 'OBJECT_DOMAIN') {
        const { schema, name } = this.#split(typeName(object));
        this.#origins.delete(keyOf({ kind: 'type', schema, name, table: null }));
        continue;
      }
      if (type === 'OBJECT_SCHEMA' || type === 'OBJECT_PUBLICATION' || type === 'OBJECT_EXTENSION') {
        const name = (object.String as { sval?: string } | undefined)?.sval ?? '';
        if (type === 'OBJECT_SCHEMA') {
          for (const origin of this.origins()) if (origin.schema === name) this.#origins.delete(keyOf(origin));
          destroyed.push({ line: place.line, statement: `drop schema ${name}` });
        }
        const kindName =
          type === 'OBJECT_SCHEMA' ? 'schema' : type === 'OBJECT_EXTENSION' ? 'extension' : 'publication';
        this.#origins.delete(keyOf({ kind: kindName, schema: '', name, table: null }));
      }
    }
  }

  #publication(body: Record<string, unknown>, place: { path: string; line: number }): void {
    const name = String(body.pubname);
    if (body.action === undefined || body.action === 'AP_AddObjects' || body.action === 'AP_SetObjects') {
      const known = this.#origins.has(keyOf({ kind: 'publication', schema: '', name, table: null }));
      if (!known) this.#set({ kind: 'publication', schema: '', name, table: null, ...place });
    }
    for (const { PublicationObjSpec: spec } of (body.pubobjects ?? []) as {
      PublicationObjSpec: Record<string, unknown>;
    }[]) {
      const relation = (spec.pubtable as { relation?: RangeVar } | undefined)?.relation;
      if (!relation?.relname) continue;
      const schema = relation.schemaname ?? this.#schema;
      const origin = { kind: 'published table', schema, name: relation.relname, table: null };
      if (body.action === 'AP_DropObjects') this.#origins.delete(keyOf(origin));
      else this.#set({ ...origin, ...place });
    }
  }

  /** `insert into storage.buckets (id, …) values ('avatars', …)`. */
  #bucket(body: Record<string, unknown>, place: { path: string; line: number }): void {
    const relation = body.relation as RangeVar;
    if (relation.schemaname !== 'storage' || relation.relname !== 'buckets') return;
    const columns = ((body.cols ?? []) as { ResTarget: { name?: string } }[]).map((column) => column.ResTarget.name);
    const idAt = columns.includes('id') ? columns.indexOf('id') : Math.max(0, columns.indexOf('name'));
    const select = (body.selectStmt as { SelectStmt?: Record<string, unknown> } | undefined)?.SelectStmt;
    const rows = (select?.valuesLists ?? []) as { List: { items: unknown[] } }[];
    for (const row of rows) {
      const id = stringValue(row.List.items[idAt]);
      if (id !== null) this.#set({ kind: 'bucket', schema: 'storage', name: id, table: null, ...place });
    }
    const target = ((select?.targetList ?? []) as { ResTarget: { val?: unknown } }[])[idAt];
    const selected = target ? stringValue(target.ResTarget.val) : null;
    if (selected !== null) this.#set({ kind: 'bucket', schema: 'storage', name: selected, table: null, ...place });
  }

  /** `select cron.schedule('name', …)`. */
  #cronJob(body: Record<string, unknown>, place: { path: string; line: number }): void {
    walk(body, (type, node) => {
      if (type !== 'FuncCall') return true;
      const name = nameParts(node.funcname).join('.');
      const first = stringValue((node.args as unknown[] | undefined)?.[0]);
      if (first === null) return true;
      if (name === 'cron.schedule' || name === 'cron.schedule_in_database') {
        this.#set({ kind: 'cron job', schema: 'cron', name: first, table: null, ...place });
      }
      if (name === 'cron.unschedule')
        this.#origins.delete(keyOf({ kind: 'cron job', schema: 'cron', name: first, table: null }));
      return true;
    });
  }

  #searchPath(body: Record<string, unknown>): void {
    if (body.name !== 'search_path') return;
    const first = stringValue((body.args as unknown[] | undefined)?.[0]);
    if (first && first !== '') this.#schema = first.split(',')[0]?.trim().replaceAll('"', '') || 'public';
  }
}

function keyOf({ kind, schema, name, table }: Pick<Origin, 'kind' | 'schema' | 'name' | 'table'>): string {
  return [kind, schema, table ?? '', name].join('\u0000');
}

function functionName(object: unknown): string[] {
  return nameParts((object as { ObjectWithArgs?: { objname?: unknown } } | undefined)?.ObjectWithArgs?.objname);
}

function typeName(object: unknown): string[] {
  const node = object as { TypeName?: { names?: unknown }; List?: { items?: unknown } } | undefined;
  return nameParts(node?.TypeName?.names ?? node?.List?.items);
}

/** The text of a string constant, also behind a cast; null for anything else. */
export function stringValue(node: unknown): string | null {
  const tree = node as { A_Const?: { sval?: { sval?: string } }; TypeCast?: { arg?: unknown } } | undefined;
  if (tree?.TypeCast) return stringValue(tree.TypeCast.arg);
  return tree?.A_Const?.sval?.sval ?? null;
}

/** The SQL statements of a DO block, by PL/pgSQL's own grammar; none when it does not parse. */
export function statementsOfBlock(block: string): Node[] {
  if (block === '') return [];
  const found: Node[] = [];
  const visit = (tree: unknown): void => {
    if (Array.isArray(tree)) {
      tree.forEach(visit);
      return;
    }
    if (tree === null || typeof tree !== 'object') return;
    for (const [key, value] of Object.entries(tree)) {
      if (key === 'PLpgSQL_stmt_execsql') {
        const query = (value as { sqlstmt?: { PLpgSQL_expr?: { query?: string } } }).sqlstmt?.PLpgSQL_expr?.query;
        if (query) found.push(...(parseStatements(query) ?? []));
      }
      if (key === 'PLpgSQL_stmt_perform') {
        const query = (value as { expr?: { PLpgSQL_expr?: { query?: string } } }).expr?.PLpgSQL_expr?.query;
        if (query) found.push(...(parseStatements(query) ?? []));
      }
      visit(value);
    }
  };
  visit(parsePlpgsql(block));
  return found;
}
