import type { Origin } from '../../../core/facts/origin.ts';
import { inputTypes } from '../../../core/signature.ts';
import { type Node, nameParts, type Statement, walk } from '../../../core/sql.ts';
import { statementsOfBlock, stringValue } from './block-statements.ts';
import { destructions } from './destructive.ts';
import { alterTable } from './origin-alter-table.ts';
import { GrantTracker } from './origin-grants.ts';
import { commented, dropped, moved, renamed } from './origin-names.ts';
import { OriginStore, type Place } from './origin-store.ts';
import { bodyLine, linesWithin, type StatementLines } from './statement-lines.ts';

/** A dropped, renamed or emptied object, in our own words: never the statement's text, which may hold a value. */
export interface Destructive {
  line: number;
  statement: string;
}

export interface RangeVar {
  schemaname?: string;
  relname?: string;
}

export type Body = Record<string, unknown>;

/** A statement on its way through the tracker. */
interface At extends Place {
  /** Empty inside a block. */
  text: string;
  /** Lines of the columns and constraints it speaks of. */
  lines: StatementLines | null;
}

const CREATED_AS: Readonly<Record<string, string>> = { OBJECT_MATVIEW: 'materialized view' };

/**
 * Follows a history of statements and remembers which one made, or last replaced, each object that is still there, and which
 * decided its aspects (core/facts/origin.ts): through renames, schema moves, drops, blocks and the EXECUTE of texts that
 * stand in the file. A replay knows better (src/facts/shadow/origins); this is for where none can be had.
 */
export class OriginTracker {
  readonly #store = new OriginStore();
  readonly #grants = new GrantTracker(this.#store);
  #schema = 'public';

  /** The objects alive at the end, in the order they were made. */
  origins(): Origin[] {
    return this.#store.origins();
  }

  /** A new file starts with the default search_path. */
  startFile(): void {
    this.#schema = 'public';
  }

  /** Takes one statement in; gives back what it destroyed. */
  apply({ node, text, line }: Statement, path: string): Destructive[] {
    if (!('DoStmt' in node)) {
      const manifold = text.includes('\n') && ('CreateStmt' in node || 'AlterTableStmt' in node);
      return this.#node(node, { path, line, text, lines: manifold ? linesWithin(text, line) : null });
    }
    const first = bodyLine(text, line);
    return statementsOfBlock(text).flatMap((inner) =>
      this.#node(inner.node, { path, line: first + inner.line - 1, text: '', lines: null }),
    );
  }

  #node(node: Node, at: At): Destructive[] {
    const isKnown = (schema: string, name: string) =>
      this.#store.ofRelation(schema, name).some(({ place }) => place !== null);
    const destroyed = destructions(node, this.#schema, isKnown).map((statement) => ({ line: at.line, statement }));
    this.#follow(node, at);
    return destroyed;
  }

  #follow(node: Node, at: At): void {
    const [[type, body] = ['', {}]] = Object.entries(node) as [string, Body][];
    const place = { path: at.path, line: at.line };
    const split = (parts: string[]) => this.#split(parts);
    switch (type) {
      case 'CreateStmt':
        this.#createTable('table', body, at);
        break;
      case 'CreateForeignTableStmt':
        this.#createTable('foreign table', body.base as Body, at);
        break;
      case 'CreateTableAsStmt':
        this.#relation(CREATED_AS[String(body.objtype)] ?? 'table', (body.into as Body).rel, place, body);
        break;
      case 'ViewStmt':
        this.#relation('view', body.view, place, {});
        break;
      case 'CreateSeqStmt':
        this.#relation('sequence', body.sequence, place, body);
        break;
      case 'CreateFunctionStmt':
        this.#function(body, place);
        break;
      case 'AlterFunctionStmt':
        this.#alterFunction(body, place);
        break;
      case 'CreateEnumStmt':
      case 'CreateRangeStmt':
        this.#named('type', nameParts(body.typeName), place);
        break;
      case 'CompositeTypeStmt':
        this.#named('type', partsOf(body.typevar as RangeVar), place);
        break;
      case 'CreateDomainStmt':
        this.#named('type', nameParts(body.domainname), place);
        break;
      case 'CreateSchemaStmt':
        this.#plain('schema', '', String(body.schemaname), place, body.if_not_exists === true);
        break;
      case 'CreateExtensionStmt':
        this.#plain('extension', '', String(body.extname), place, body.if_not_exists === true);
        break;
      case 'CreateRoleStmt':
      case 'AlterRoleStmt':
        this.#plain('role', '', String(body.role ?? (body.role as Body | undefined)?.rolename), place, type[0] === 'A');
        break;
      case 'IndexStmt':
        if (typeof body.idxname === 'string')
          this.#onTable('index', body.idxname, body.relation, place, body.if_not_exists === true);
        break;
      case 'CreatePolicyStmt':
      case 'AlterPolicyStmt':
        this.#onTable('policy', String(body.policy_name), body.table, place, false);
        break;
      case 'CreateTrigStmt':
        this.#onTable('trigger', String(body.trigname), body.relation, place, false);
        break;
      case 'AlterTableStmt':
        if (body.relation) {
          const { schema, name } = this.#split(partsOf(body.relation as RangeVar));
          alterTable(this.#store, { schema, name }, body, place, at.lines);
        }
        break;
      case 'RenameStmt':
        renamed(this.#store, body, split);
        break;
      case 'AlterObjectSchemaStmt':
        moved(this.#store, body, split);
        break;
      case 'DropStmt':
        dropped(this.#store, body, split);
        break;
      case 'CommentStmt':
        commented(this.#store, body, place, split);
        break;
      case 'GrantStmt':
        this.#grants.apply(body, place, split);
        break;
      case 'AlterDefaultPrivilegesStmt':
        this.#grants.alterDefaults(body, place);
        break;
      case 'CreatePublicationStmt':
      case 'AlterPublicationStmt':
        this.#publication(body, place);
        break;
      case 'InsertStmt':
        this.#bucket(body, place);
        break;
      case 'SelectStmt':
        this.#calls(body, place);
        break;
      case 'VariableSetStmt':
        if (body.name === 'search_path') this.#searchPath(stringValue((body.args as unknown[] | undefined)?.[0]));
        break;
    }
  }

  #split(parts: string[]): { schema: string; name: string } {
    return { schema: parts.length > 1 ? (parts.at(-2) ?? '') : this.#schema, name: parts.at(-1) ?? '' };
  }

  #plain(kind: string, schema: string, name: string, place: Place, keepFirst: boolean): void {
    if (!(keepFirst && this.#store.get({ kind, schema, name })?.place)) this.#store.make({ kind, schema, name }, place);
  }

  #named(kind: string, parts: string[], place: Place): void {
    const { schema, name } = this.#split(parts);
    this.#plain(kind, schema, name, place, false);
  }

  /** False where IF NOT EXISTS left an older one in place. */
  #relation(kind: string, relation: unknown, place: Place, { if_not_exists: keepFirst }: Body): boolean {
    const { relname, relpersistence } = relation as RangeVar & { relpersistence?: string };
    if (relname === undefined || relpersistence === 't') return false;
    const { schema, name } = this.#split(partsOf(relation as RangeVar));
    const known = this.#store.get({ kind, schema, name });
    if (known?.place && keepFirst === true) return false;
    if (known && kind === 'view') {
      // CREATE OR REPLACE: grants and comments stay.
      known.place = place;
      known.aspects.delete('options');
      return true;
    }
    this.#grants.born(this.#store.make({ kind, schema, name }, place));
    return true;
  }

  #createTable(kind: string, body: Body, at: At): void {
    const place = { path: at.path, line: at.line };
    if (!this.#relation(kind, body.relation, place, body)) return;
    const table = this.#split(partsOf(body.relation as RangeVar));
    const commands = ((body.tableElts ?? []) as Body[]).map((def) => ({
      AlterTableCmd: { subtype: 'Constraint' in def ? 'AT_AddConstraint' : 'AT_AddColumn', def },
    }));
    alterTable(this.#store, table, { cmds: commands }, place, at.lines);
  }

  #onTable(kind: string, name: string, relation: unknown, place: Place, keepFirst: boolean): void {
    const { schema, name: table } = this.#split(partsOf(relation as RangeVar));
    const key = { kind, schema, name, table };
    const known = this.#store.get(key);
    if (known?.place && keepFirst) return;
    if (known) known.place = place;
    else this.#store.make(key, place);
  }

  #function(body: Body, place: Place): void {
    const { schema, name } = this.#split(nameParts(body.funcname));
    const key = { kind: 'function', schema, name, signature: inputTypes(body.parameters) };
    const known = this.#store.get(key);
    if (!known) {
      this.#grants.born(this.#store.make(key, place));
      return;
    }
    known.place = place;
    for (const aspect of ['settings', 'security']) known.aspects.delete(aspect);
  }

  #alterFunction(body: Body, place: Place): void {
    const call = (body.func as { ObjectWithArgs?: Body } | undefined)?.ObjectWithArgs ?? (body.func as Body);
    const { schema, name } = this.#split(nameParts(call?.objname));
    const parameters = ((call?.objargs ?? []) as { TypeName?: unknown }[]).map(({ TypeName: argType }) => ({
      FunctionParameter: { argType },
    }));
    const all = this.#store.functions(schema, name);
    const found = all.length === 1 ? all[0] : all.find(({ signature }) => signature === inputTypes(parameters));
    for (const { DefElem: option } of (body.actions ?? []) as { DefElem?: { defname?: string } }[]) {
      if (option?.defname === 'set') found?.aspects.set('settings', place);
      else if (option?.defname === 'security') found?.aspects.set('security', place);
    }
  }

  #publication(body: Body, place: Place): void {
    const name = String(body.pubname);
    if (body.action !== 'AP_DropObjects') this.#plain('publication', '', name, place, true);
    for (const { PublicationObjSpec: spec } of (body.pubobjects ?? []) as { PublicationObjSpec: Body }[]) {
      const relation = (spec.pubtable as { relation?: RangeVar } | undefined)?.relation;
      if (!relation?.relname) continue;
      const key = { kind: 'published table', ...this.#split(partsOf(relation)) };
      if (body.action === 'AP_DropObjects') this.#store.remove(this.#store.get(key));
      else this.#store.make(key, place);
    }
  }

  /** `insert into storage.buckets (id, …) values ('avatars', …)`. */
  #bucket(body: Body, place: Place): void {
    const relation = body.relation as RangeVar;
    if (relation.schemaname !== 'storage' || relation.relname !== 'buckets') return;
    const columns = ((body.cols ?? []) as { ResTarget: { name?: string } }[]).map((column) => column.ResTarget.name);
    const idAt = columns.includes('id') ? columns.indexOf('id') : Math.max(0, columns.indexOf('name'));
    const select = (body.selectStmt as { SelectStmt?: Body } | undefined)?.SelectStmt;
    const rows = (select?.valuesLists ?? []) as { List: { items: unknown[] } }[];
    const target = ((select?.targetList ?? []) as { ResTarget: { val?: unknown } }[])[idAt];
    const ids = [...rows.map((row) => row.List.items[idAt]), target?.ResTarget.val].map(stringValue);
    for (const id of ids) if (id !== null) this.#plain('bucket', 'storage', id, place, false);
  }

  /** `select cron.schedule('name', …)`, `select set_config('search_path', …)`. */
  #calls(body: Body, place: Place): void {
    walk(body, (type, node) => {
      if (type !== 'FuncCall') return true;
      const name = nameParts(node.funcname).join('.');
      const [first, second] = ((node.args ?? []) as unknown[]).map(stringValue);
      if (!first) return true;
      if (name === 'cron.schedule' || name === 'cron.schedule_in_database')
        this.#plain('cron job', 'cron', first, place, false);
      if (name === 'cron.unschedule')
        this.#store.remove(this.#store.get({ kind: 'cron job', schema: 'cron', name: first }));
      if (/^(pg_catalog\.)?set_config$/.test(name) && first === 'search_path') this.#searchPath(second ?? null);
      return true;
    });
  }

  #searchPath(path: string | null): void {
    const first = path?.split(',')[0]?.trim().replaceAll('"', '');
    if (first) this.#schema = first;
  }
}

function partsOf({ schemaname, relname }: RangeVar): string[] {
  return schemaname === undefined ? [relname ?? ''] : [schemaname, relname ?? ''];
}
