import { nameParts } from '../../../core/sql.ts';
import { type OriginStore, type Place, RELATION_KINDS, type Tracked } from './origin-store.ts';
import type { StatementLines } from './statement-lines.ts';

type Body = Record<string, unknown>;

/** What ALTER TABLE decides about the table itself. */
const TABLE_ASPECTS: Readonly<Record<string, string>> = {
  AT_EnableRowSecurity: 'rls',
  AT_DisableRowSecurity: 'rls',
  AT_ForceRowSecurity: 'force rls',
  AT_NoForceRowSecurity: 'force rls',
  AT_ReplicaIdentity: 'replica identity',
  AT_ChangeOwner: 'owner',
  AT_SetRelOptions: 'options',
  AT_ResetRelOptions: 'options',
};
const COLUMN_ASPECTS: Readonly<Record<string, string>> = {
  AT_ColumnDefault: 'default',
  AT_SetNotNull: 'not null',
  AT_DropNotNull: 'not null',
  AT_AddIdentity: 'generated',
  AT_SetIdentity: 'generated',
  AT_DropIdentity: 'generated',
  AT_DropExpression: 'generated',
};
const TRIGGER_STATES = new Set([
  'AT_EnableTrig',
  'AT_EnableAlwaysTrig',
  'AT_EnableReplicaTrig',
  'AT_DisableTrig',
  'AT_EnableTrigAll',
  'AT_DisableTrigAll',
  'AT_EnableTrigUser',
  'AT_DisableTrigUser',
]);

const KINDS: Readonly<Record<string, { type: string; suffix: string }>> = {
  CONSTR_PRIMARY: { type: 'p', suffix: 'pkey' },
  CONSTR_UNIQUE: { type: 'u', suffix: 'key' },
  CONSTR_FOREIGN: { type: 'f', suffix: 'fkey' },
  CONSTR_CHECK: { type: 'c', suffix: 'check' },
  CONSTR_EXCLUSION: { type: 'x', suffix: 'excl' },
};

interface ConstraintNode {
  contype?: string;
  conname?: string;
  keys?: unknown;
  fk_attrs?: unknown;
}

interface Table {
  schema: string;
  name: string;
}

/** Follows the commands of an ALTER TABLE, or the columns and constraints of a CREATE TABLE put as such. */
export function alterTable(
  store: OriginStore,
  table: Table,
  body: Body,
  place: Place,
  lines: StatementLines | null,
): void {
  const at = (line: number | undefined): Place => (line === undefined ? place : { path: place.path, line });
  const column = (name: unknown): Tracked => store.known({ kind: 'column', ...table, column: String(name) });
  for (const { AlterTableCmd: command } of (body.cmds ?? []) as { AlterTableCmd?: Body }[]) {
    if (!command) continue;
    const subtype = String(command.subtype);
    const def = (command.def ?? {}) as {
      ColumnDef?: { colname?: string; constraints?: { Constraint?: ConstraintNode }[] };
      Constraint?: ConstraintNode;
    };
    const ofTable = TABLE_ASPECTS[subtype];
    const ofColumn = COLUMN_ASPECTS[subtype];
    if (ofTable) relationOf(store, table).aspects.set(ofTable, place);
    else if (ofColumn) column(command.name).aspects.set(ofColumn, place);
    else if (subtype === 'AT_AddColumn' && def.ColumnDef?.colname) {
      const { colname, constraints = [] } = def.ColumnDef;
      const key = { kind: 'column', ...table, column: colname };
      if (command.missing_ok === true && store.get(key)?.place) continue;
      store.make(key, at(lines?.columns.get(colname)));
      for (const { Constraint: own } of constraints)
        if (own) addConstraint(store, table, own, colname, (line) => at(line), lines);
    } else if (subtype === 'AT_AddConstraint' && def.Constraint)
      addConstraint(store, table, def.Constraint, null, (line) => at(line), lines);
    else if (subtype === 'AT_AlterColumnType') column(command.name).place = place;
    else if (subtype === 'AT_DropColumn')
      store.remove(store.get({ kind: 'column', ...table, column: String(command.name) }));
    else if (subtype === 'AT_ValidateConstraint')
      store.get(onTable('constraint', table, String(command.name)))?.aspects.set('validated', place);
    else if (subtype === 'AT_DropConstraint')
      for (const kind of ['constraint', 'index']) store.remove(store.get(onTable(kind, table, String(command.name))));
    else if (TRIGGER_STATES.has(subtype)) {
      for (const object of store.ofRelation(table.schema, table.name))
        if (object.kind === 'trigger' && (command.name === undefined || object.name === command.name))
          object.aspects.set('enabled', place);
    }
  }
}

function relationOf(store: OriginStore, { schema, name }: Table): Tracked {
  const found = store.ofRelation(schema, name).find(({ kind }) => RELATION_KINDS.has(kind));
  return found ?? store.known({ kind: 'table', schema, name });
}

function onTable(kind: string, { schema, name: table }: Table, name: string) {
  return { kind, schema, table, name };
}

function addConstraint(
  store: OriginStore,
  table: Table,
  node: ConstraintNode,
  column: string | null,
  at: (line: number | undefined) => Place,
  lines: StatementLines | null,
): void {
  const kind = KINDS[node.contype ?? ''];
  if (!kind) return;
  const named = nameParts(node.contype === 'CONSTR_FOREIGN' ? node.fk_attrs : node.keys);
  const columns = named.length > 0 ? named : column === null ? [] : [column];
  const line =
    (node.conname ? lines?.constraints.get(node.conname) : undefined) ??
    lines?.constraints.get(`${kind.type}:${columns}`);
  const key = onTable('constraint', table, node.conname ?? nameFor(store, table, kind, columns));
  const place = at(line);
  store.make(key, place);
  if (kind.type === 'p' || kind.type === 'u' || kind.type === 'x') store.make({ ...key, kind: 'index' }, place);
}

/** The name PostgreSQL chooses (ChooseConstraintName): table, columns and what it is, cut to 63 bytes, a number where taken. */
function nameFor(
  store: OriginStore,
  table: Table,
  { type, suffix }: { type: string; suffix: string },
  columns: string[],
) {
  const middle = type === 'p' ? '' : columns.join('_');
  for (let number = 0; ; number++) {
    const end = `_${suffix}${number === 0 ? '' : number}`;
    const [head, tail] = shortened(table.name, middle, 63 - Buffer.byteLength(end) - (middle === '' ? 0 : 1));
    const name = `${head}${middle === '' ? '' : `_${tail}`}${end}`;
    if (!store.get(onTable('constraint', table, name))) return name;
  }
}

/** The longer of the two gives way first, as in makeObjectName. */
function shortened(head: string, tail: string, room: number): [string, string] {
  let [left, right] = [head, tail];
  while (Buffer.byteLength(left) + Buffer.byteLength(right) > room) {
    if (Buffer.byteLength(left) > Buffer.byteLength(right)) left = [...left].slice(0, -1).join('');
    else right = [...right].slice(0, -1).join('');
  }
  return [left, right];
}
