import type { Facts } from '../../../core/facts.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import type { RowTable } from '../rows/catalogue.ts';
import { otherValue } from '../rows/values.ts';
import type { AccessCatalogue, AccessRelation } from './catalogue.ts';
import type { OwnershipModel, TableOwnership } from './ownership.ts';
import type { Persona } from './personas.ts';
import { type ActorName, type ActorRow, literalOf, type Outcome, type Population } from './population.ts';

type Cell = Facts['accessMatrix']['relations'][number]['cells'][number];

/** One question to PostgreSQL, or why it cannot be put. */
export interface PlannedCell extends Pick<Cell, 'command' | 'row' | 'forged'> {
  sql: string | null;
  reason: string | null;
  /** Counts the rows that bear the foreign id: a trigger may have put another one there. */
  proof?: string | undefined;
}

/** A relation, with the table whose rows it shows. */
export interface Target {
  relation: AccessRelation;
  base: RowTable | null;
  ownership: TableOwnership | null;
  bucket: string | null;
  /** A call that returns rows of the relation, to be read in its place. */
  call?: string;
}

const BIT = { insert: 8, update: 4, delete: 16 } as const;

/** Tables that a view's rows come from, through views of views. */
function basesOf(relation: AccessRelation, catalogue: AccessCatalogue, depth = 0): RowTable[] {
  if (depth > 6) return [];
  const byOid = new Map(catalogue.relations.map((row) => [row.oid, row]));
  return relation.sources.flatMap((oid) => {
    const source = byOid.get(oid);
    if (source && (source.kind === 'v' || source.kind === 'm')) return basesOf(source, catalogue, depth + 1);
    const table = catalogue.tables.get(oid);
    return table ? [table] : [];
  });
}

function keyIn(table: RowTable, columns: readonly string[]): boolean {
  const key = table.constraints.find(({ type }) => type === 'p')?.columns ?? [];
  return key.length > 0 && key.every((name) => columns.includes(name));
}

/** Everything that cells are tried on. */
export function targetsOf(catalogue: AccessCatalogue, model: OwnershipModel, population: Population): Target[] {
  return catalogue.relations.flatMap((relation): Target[] => {
    if (relation.schema === 'storage') {
      const base = catalogue.tables.get(relation.oid) ?? null;
      return population.buckets.map((bucket) => ({
        relation,
        base,
        ownership: model.tables.get(relation.oid) ?? null,
        bucket,
      }));
    }
    const bases =
      relation.kind === 'v' || relation.kind === 'm' || relation.partition
        ? basesOf(relation, catalogue)
        : [catalogue.tables.get(relation.oid)].filter((table) => table !== undefined);
    const base =
      bases.find((table) => keyIn(table, relation.columns)) ??
      (relation.partition ? bases.at(-1) : undefined) ??
      bases[0] ??
      null;
    return [{ relation, base, ownership: base ? (model.tables.get(base.oid) ?? null) : null, bucket: null }];
  });
}

const STALE = 'a materialized view shows new rows after a refresh only, which would lock it for everybody';

/** Materialized views, and views that read one. */
export function withoutRefresh({ relations }: AccessCatalogue): Set<string> {
  const found = new Set(relations.filter(({ kind }) => kind === 'm').map(({ oid }) => oid));
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { oid, sources } of relations) if (sources.some((source) => found.has(source))) found.add(oid);
  }
  return found;
}

const isView = ({ relation }: Target) => relation.kind === 'v' || relation.kind === 'm';

function condition({ relation, base }: Target, ownership: TableOwnership | null, row: ActorRow): string | null {
  if (!base) return null;
  if (relation.kind === 'r' || relation.kind === 'p' || keyIn(base, relation.columns)) return row.where;
  const owner = ownership?.owner?.column;
  const value = owner === undefined ? undefined : row.values[owner];
  return owner !== undefined && relation.columns.includes(owner) && value !== undefined
    ? `${quoteIdent(owner)} = ${literalOf(base, owner, value)}`
    : null;
}

/** A change of the row that is none of its keys': to another value where one is known, else to its own. */
function changeOf(
  target: Target,
  ownership: TableOwnership | null,
  persona: Persona,
  mentioned: ReadonlySet<string>,
): string | null {
  const { relation, base } = target;
  if (!base) return null;
  const rights = relation.privileges[persona.role]?.update ?? [];
  const keyed = new Set([
    ...base.constraints.filter(({ type }) => type !== 'c').flatMap(({ columns }) => columns ?? []),
    ...base.uniques.flatMap(({ columns }) => columns ?? []),
    ...(ownership?.bound.map(({ column }) => column) ?? []),
    ...(ownership?.tenant ? [ownership.tenant.column] : []),
    ...(target.bucket === null ? [] : ['bucket_id', 'name', 'owner', 'owner_id', 'path_tokens']),
  ]);
  const there = base.columns.filter(
    ({ name, generated, identity }) => relation.columns.includes(name) && !generated && identity === '',
  );
  const plain = there.filter(({ name }) => !keyed.has(name));
  const granted = (columns: typeof there) => columns.filter(({ name }) => rights.includes(name));
  // What nobody may write is tried on any column: the refusal is the answer.
  const candidates = [...granted(plain), ...granted(there), ...plain, ...there];
  for (const column of candidates) {
    const isPlain = plain.includes(column) && column.checks.length === 0 && !mentioned.has(column.name);
    const checked = base.constraints.some(
      ({ type, expression }) => type === 'c' && (expression ?? '').includes(column.name),
    );
    const other = isPlain && !checked && rights.includes(column.name) ? otherValue(column) : null;
    if (other !== null) return `${quoteIdent(column.name)} = ${other}`;
    if (column === candidates[0] && !isPlain) continue;
  }
  const [column] = candidates;
  return column ? `${quoteIdent(column.name)} = ${quoteIdent(column.name)}` : null;
}

/** Columns an application sends with a new row. */
function sentColumns(
  target: Target,
  ownership: TableOwnership | null,
  row: ActorRow,
  rights: readonly string[],
): string[] {
  const { relation, base } = target;
  if (!base) return [];
  const referring = new Set(base.constraints.flatMap(({ type, columns }) => (type === 'f' ? (columns ?? []) : [])));
  const says = new Set([
    ...(ownership?.bound.map(({ column }) => column) ?? []),
    ...(ownership?.tenant ? [ownership.tenant.column] : []),
  ]);
  const columns = base.columns.filter(({ name, generated, identity }) => {
    const value = row.fresh[name];
    return relation.columns.includes(name) && !generated && identity !== 'a' && value !== null && value !== undefined;
  });
  const needed = columns.filter(
    ({ name, notNull, default: otherwise, identity }) =>
      says.has(name) ||
      referring.has(name) ||
      target.bucket !== null ||
      (notNull && otherwise === null && identity === ''),
  );
  const chosen = needed.length > 0 ? needed : columns.slice(0, 1);
  const required = new Set(
    base.columns.flatMap(({ name, notNull, default: otherwise, identity }) =>
      notNull && otherwise === null && identity === '' ? [name] : [],
    ),
  );
  return chosen
    .map(({ name }) => name)
    .filter((name) => rights.length === 0 || rights.includes(name) || required.has(name));
}

function insertOf(
  target: Target,
  ownership: TableOwnership | null,
  persona: Persona,
  row: ActorRow,
  changed: Readonly<Record<string, string | null>> = {},
): string | null {
  const { relation, base } = target;
  if (!base) return null;
  const rights = relation.privileges[persona.role]?.insert ?? [];
  const columns = [...new Set([...sentColumns(target, ownership, row, rights), ...Object.keys(changed)])];
  const table = qualified(relation.schema, relation.name);
  if (columns.length === 0) return `insert into ${table} default values`;
  const values = columns.map((name) =>
    literalOf(base, name, name in changed ? (changed[name] ?? null) : (row.fresh[name] ?? null)),
  );
  return `insert into ${table} (${columns.map(quoteIdent).join(', ')}) values (${values.join(', ')})`;
}

function countOf(base: RowTable, column: string, value: string): string {
  return `select pg_catalog.count(*)::int as rows from ${qualified(base.schema, base.name)} where ${quoteIdent(column)} = ${literalOf(base, column, value)}`;
}

function proofOf({ base }: Target, ownership: TableOwnership | null, row: ActorRow): string | undefined {
  const column = (ownership?.owner ?? ownership?.tenant)?.column;
  const value = column === undefined ? null : row.fresh[column];
  return base && column !== undefined && value !== null && value !== undefined
    ? countOf(base, column, value)
    : undefined;
}

type RowClass = 'own' | 'tenant' | 'foreign' | 'any';

export class CellPlanner {
  readonly #population: Population;
  readonly #model: OwnershipModel;
  /** Users share anything at all. */
  readonly #tenancy: boolean;

  /** Oids of relations that do not show the rows made. */
  readonly #stale: ReadonlySet<string>;

  constructor(model: OwnershipModel, population: Population, stale: ReadonlySet<string> = new Set()) {
    this.#model = model;
    this.#stale = stale;
    this.#tenancy = [...model.tables.values()].some(({ tenant }) => tenant !== null);
    this.#population = population;
  }

  /** Every question this persona puts to the relation. */
  plan(target: Target, persona: Persona): PlannedCell[] {
    const { relation, base } = target;
    const ownership = this.#shownOwnership(target);
    const owned = isOwned(ownership);
    const cells: PlannedCell[] = [];
    const rows: RowClass[] = !owned
      ? ['any']
      : persona.rows.own === null
        ? ['foreign']
        : this.#tenancy
          ? ['own', 'tenant', 'foreign']
          : ['own', 'foreign'];
    const mentioned = new Set(relation.policies.flatMap(() => this.#mentioned(relation)));
    for (const row of rows) {
      const outcome = this.#rowOf(target, persona, row, ownership);
      for (const command of ['select', 'insert', 'update', 'delete'] as const) {
        const cell = (sql: string | null, reason: string | null): PlannedCell => ({
          command,
          row,
          forged: null,
          sql,
          reason,
        });
        if (command !== 'select' && isView(target) && (relation.updatable & BIT[command]) === 0) continue;
        if ('reason' in outcome) {
          cells.push(cell(null, outcome.reason));
          continue;
        }
        cells.push(this.#cell(target, persona, ownership, mentioned, outcome.row, cell, command));
      }
    }
    if (base && owned) cells.push(...this.#forged(target, persona, ownership));
    return this.#stale.has(relation.oid) ? cells.map((cell) => ({ ...cell, sql: null, reason: STALE })) : cells;
  }

  /** Ownership as far as the relation shows it: a view may leave the owner's column out. */
  #shownOwnership({ relation, ownership, base }: Target): TableOwnership | null {
    if (!ownership || !base) return null;
    const shown = (column: string | undefined) => column !== undefined && relation.columns.includes(column);
    if (relation.kind === 'r' || relation.kind === 'p' || keyIn(base, relation.columns)) return ownership;
    return shown(ownership.owner?.column) ? ownership : null;
  }

  #mentioned(relation: AccessRelation): string[] {
    const reading = this.#model.readings.get(relation.oid);
    return [...(reading?.constants ?? []), ...(reading?.claims ?? []), ...(reading?.tables ?? [])].map(
      ({ column }) => column,
    );
  }

  #actorRow({ base, bucket }: Target, name: ActorName): Outcome {
    const actor = this.#population.actors.get(name);
    const key = bucket === null ? (base?.oid ?? '') : `bucket:${bucket}`;
    return actor?.rows.get(key) ?? { reason: base ? 'no row of it was made' : 'no table is known whose rows it shows' };
  }

  #rowOf(target: Target, persona: Persona, row: RowClass, ownership: TableOwnership | null): Outcome {
    if (row === 'any') {
      const outcome = this.#actorRow(target, 'A');
      return 'row' in outcome ? outcome : this.#actorRow(target, 'D');
    }
    const name = persona.rows[row];
    if (name === null) return { reason: 'nobody else is in this user’s tenant' };
    if (row === 'foreign' && ownership?.withheld) return this.#actorRow(target, 'D');
    const outcome = this.#actorRow(target, name);
    if (row === 'foreign' || !('row' in outcome)) return this.#inPartition(target, outcome);
    // One row is both A's and B's: the tenant's own.
    const other = this.#actorRow(target, name === 'A' ? 'B' : 'A');
    const shared = name !== 'C' && 'row' in other && other.row.where === outcome.row.where;
    if (!shared) return this.#inPartition(target, outcome);
    const ownedByA = ownership?.owner !== null && ownership?.tenant?.column !== ownership?.owner?.column;
    const isOwn = !ownedByA || persona.user === 'A';
    if ((row === 'own') === isOwn) return outcome;
    return { reason: isOwn ? 'its tenant has no other row of it' : 'the row of its tenant is another user’s' };
  }

  /** Only the partition a row lies in has it. */
  #inPartition({ relation }: Target, outcome: Outcome): Outcome {
    if (!relation.partition || !('row' in outcome) || outcome.row.place === relation.oid) return outcome;
    return { reason: 'the rows made lie in other partitions' };
  }

  #cell(
    target: Target,
    persona: Persona,
    ownership: TableOwnership | null,
    mentioned: ReadonlySet<string>,
    row: ActorRow,
    cell: (sql: string | null, reason: string | null) => PlannedCell,
    command: PlannedCell['command'],
  ): PlannedCell {
    const { relation } = target;
    const table = target.call ?? qualified(relation.schema, relation.name);
    if (command === 'insert') {
      const sql = insertOf(target, ownership, persona, row);
      const planned = cell(sql, sql === null ? 'no table is known whose rows it shows' : null);
      return { ...planned, proof: planned.row === 'own' ? undefined : proofOf(target, ownership, row) };
    }
    const where =
      ownership === null && isView(target) && !keyIn(target.base as RowTable, relation.columns)
        ? 'true'
        : condition(target, ownership, row);
    if (where === null) return cell(null, 'none of its columns tells its rows apart');
    if (command === 'delete') return cell(`delete from ${table} where ${where}`, null);
    if (command === 'select') return cell(`select 1 from ${table} where ${where}`, null);
    const change = changeOf(target, ownership, persona, mentioned);
    return cell(change && `update ${table} set ${change} where ${where}`, change ? null : 'it has no column to change');
  }

  /** The persona's own row in another's name: inserted so, and changed to that. */
  #forged(target: Target, persona: Persona, ownership: TableOwnership | null): PlannedCell[] {
    const { relation, base } = target;
    if (!ownership || !base || persona.rows.own === null || relation.kind === 'm') return [];
    const own = this.#actorRow(target, persona.rows.own);
    const other = this.#actorRow(target, persona.rows.foreign ?? 'C');
    if (!('row' in own) || !('row' in other)) return [];
    const cells: PlannedCell[] = [];
    const forge = (forged: 'owner' | 'tenant', column: string | undefined) => {
      if (column === undefined || !relation.columns.includes(column)) return;
      const value = other.row.values[column];
      if (value === undefined || value === null || value === own.row.values[column]) return;
      const proof = countOf(base, column, value);
      const key = base.constraints.find(({ type }) => type === 'p')?.columns ?? [];
      // A key of one column that is the owner is the row itself: writing it makes the other's row.
      const isKey = key.length === 1 && key[0] === column;
      const where = condition(target, ownership, own.row);
      if (!isKey && (!isView(target) || relation.updatable & BIT.insert))
        cells.push({
          command: 'insert',
          row: 'own',
          forged,
          sql: insertOf(target, ownership, persona, own.row, { [column]: value }),
          reason: null,
          proof,
        });
      const held = this.#rowOf(target, persona, 'own', ownership);
      if ('row' in held && where !== null && (!isView(target) || relation.updatable & BIT.update)) {
        const sql = `update ${qualified(relation.schema, relation.name)} set ${quoteIdent(column)} = ${literalOf(base, column, value)} where ${where}`;
        cells.push({ command: 'update', row: 'own', forged, sql, reason: null, proof });
      }
    };
    if (ownership.owner?.column !== ownership.tenant?.column) forge('owner', ownership.owner?.column);
    forge('tenant', ownership.tenant?.column);
    return cells;
  }
}

function isOwned(ownership: TableOwnership | null): boolean {
  return ownership !== null && (ownership.owner !== null || ownership.tenant !== null || ownership.via !== null);
}
