import type { Column, Constraint, FunctionFact, Trigger } from '../../core/facts.ts';
import { parseStatements, walk } from '../../core/sql.ts';
import { functionTree } from '../lib/sql-tree.ts';
import { spoken } from '../lib/tables.ts';

const CREATED = new Set([
  'created_at',
  'created_on',
  'created',
  'create_time',
  'created_time',
  'created_date',
  'creation_date',
  'date_created',
  'inserted_at',
  'added_at',
  'joined_at',
  'invited_at',
  'submitted_at',
  'ordered_at',
  'placed_at',
  'sent_at',
  'received_at',
  'occurred_at',
  'happened_at',
  'logged_at',
  'recorded_at',
  'event_time',
  'event_at',
  'timestamp',
  'ts',
  'time',
  'executed_at',
  'applied_at',
  'issued_at',
  'registered_at',
  'published_at',
  'at',
]);
const UPDATED = new Set([
  'updated_at',
  'updated_on',
  'updated',
  'update_time',
  'updated_time',
  'date_updated',
  'modified_at',
  'modified_on',
  'last_modified',
  'last_modified_at',
  'last_updated',
  'last_updated_at',
  'changed_at',
]);
/** Names that promise the moment the row was made, as opposed to an event in the world. */
const INSERTED = new Set(['created_at', 'created_on', 'inserted_at', 'date_created']);
const DELETED = new Set(['deleted_at', 'deleted_on', 'date_deleted']);

function isTime(column: Column): boolean {
  return column.type.startsWith('timestamp') || column.type === 'date' || column.type === 'bigint';
}
const nameOf = (column: Column) => spoken(column.name);

/** A column that says when the row came to be (or the event it records happened). */
export function isCreatedAt(column: Column): boolean {
  return isTime(column) && CREATED.has(nameOf(column));
}
export function isInsertedAt(column: Column): boolean {
  return isTime(column) && INSERTED.has(nameOf(column));
}
export function isUpdatedAt(column: Column): boolean {
  return isTime(column) && UPDATED.has(nameOf(column));
}
export function isDeletedAt(column: Column): boolean {
  return isTime(column) && DELETED.has(nameOf(column));
}

/** A table that only joins others: every column but time stamps belongs to a foreign key or the primary key. */
export function isJoinTable(columns: readonly Column[], constraints: readonly Constraint[]): boolean {
  const foreign = constraints.filter(({ type }) => type === 'f');
  if (foreign.length < 2) return false;
  const keyed = new Set([...foreign, ...constraints.filter(({ type }) => type === 'p')].flatMap((key) => key.columns));
  return columns.every((column) => keyed.has(column.name) || isCreatedAt(column) || isUpdatedAt(column));
}

/** A lookup table: few columns, keyed by a code instead of a number or uuid, referring to nothing. */
export function isCodeTable(columns: readonly Column[], constraints: readonly Constraint[]): boolean {
  const primary = constraints.find(({ type }) => type === 'p');
  const key = columns.find((column) => column.name === primary?.columns[0]);
  const coded =
    key !== undefined &&
    (/^(text|character|smallint)/.test(key.type) || !/^(uuid|bigint|integer|numeric)/.test(key.type));
  return coded && primary?.columns.length === 1 && columns.length <= 5 && !constraints.some(({ type }) => type === 'f');
}

interface TriggerShape {
  before: boolean;
  insert: boolean;
  update: boolean;
  arguments: string[];
}

const TIMING_BEFORE = 2;
const EVENT_INSERT = 4;
const EVENT_UPDATE = 16;

/** When a trigger fires and with which arguments, from its definition's tree (PostgreSQL's trigger.h has the bits). */
export function triggerShape(trigger: Trigger): TriggerShape | null {
  const node = parseStatements(trigger.definition)?.[0];
  if (!node || !('CreateTrigStmt' in node)) return null;
  const { timing = 0, events = 0, args = [] } = node.CreateTrigStmt;
  return {
    before: (timing & TIMING_BEFORE) !== 0,
    insert: (events & EVENT_INSERT) !== 0,
    update: (events & EVENT_UPDATE) !== 0,
    arguments: args.map((arg) => ('String' in arg ? (arg.String.sval ?? '') : '')),
  };
}

/**
 * Whether a BEFORE trigger's function writes `NEW.<column>`: true, false, or null when it cannot be told (another language,
 * a body that does not parse, or NEW assigned as a whole).
 */
export function writesNew(fn: FunctionFact | undefined, column: string, shape: TriggerShape): boolean | null {
  if (!fn) return null;
  if (fn.name === 'moddatetime') return shape.arguments.includes(column);
  const { plpgsql } = functionTree(fn);
  if (plpgsql === null || fn.language !== 'plpgsql') return null;
  const datums: Record<string, Record<string, unknown>>[] = [];
  const assigned: number[] = [];
  let whole = false;
  walk(plpgsql, (type, node) => {
    if (type === 'PLpgSQL_function') datums.push(...((node.datums as typeof datums | undefined) ?? []));
    if (type === 'PLpgSQL_stmt_assign') assigned.push(typeof node.varno === 'number' ? node.varno : 0);
    if (type === 'PLpgSQL_row') {
      for (const field of (node.fields as { varno?: number }[] | undefined) ?? []) assigned.push(field.varno ?? 0);
    }
    if (
      (type === 'PLpgSQL_stmt_execsql' || type === 'PLpgSQL_stmt_dynexecute') &&
      JSON.stringify(node.target ?? null).includes('"new"')
    )
      whole = true;
    return undefined;
  });
  for (const at of assigned) {
    const datum = datums[at];
    if (datum?.PLpgSQL_recfield?.fieldname === column) return true;
    if (datum?.PLpgSQL_rec?.refname === 'new') whole = true;
  }
  return whole ? null : false;
}
