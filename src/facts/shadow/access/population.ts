import type pg from 'pg';
import { nameParts, parseExpression, walk } from '../../../core/sql.ts';
import { qualified, quoteIdent, quoteLiteral } from '../../../core/text.ts';
import { stateOf } from '../copy-session.ts';
import type { RowColumn, RowTable } from '../rows/catalogue.ts';
import { madeUpUuid } from '../rows/values.ts';
import { type MadeRow, openRowMaker, type RowScope } from '../rows.ts';
import type { AccessCatalogue } from './catalogue.ts';
import { claimsOf } from './claims.ts';
import type { OwnershipModel, TableOwnership } from './ownership.ts';

/** Users the rows belong to: A and B share a tenant, C has another, D is nobody the personas know. */
export const ACTORS = ['A', 'B', 'C', 'D'] as const;
export type ActorName = (typeof ACTORS)[number];

/** A row of an actor, with the values of another new one of the same owner. */
export interface ActorRow {
  where: string;
  /** Values of a new row as text, by column: what an INSERT in this actor's name would send. */
  fresh: Readonly<Record<string, string | null>>;
  /** As the row stands. */
  values: Readonly<Record<string, string | null>>;
  /** The partition it lies in, by oid; its own table's where there are none. */
  place: string;
}

export type Outcome = { row: ActorRow } | { reason: string };

export interface Actor {
  name: ActorName;
  claims: Readonly<Record<string, unknown>>;
  /** By oid of the table; of storage.objects by `bucket:<id>`. */
  rows: Map<string, Outcome>;
}

export interface Population {
  actors: ReadonlyMap<ActorName, Actor>;
  buckets: readonly string[];
}

const ROLE_COLUMN = /(^|_)(role|access|access_level|permission)$/i;
/** Least powerful first. */
const LOW_ROLES =
  'viewer reader guest visitor member user customer client basic student participant subscriber contributor employee author editor'.split(
    ' ',
  );

function labelsOf(table: RowTable, column: RowColumn): string[] {
  if (column.kind === 'e') return column.labels;
  const labels: string[] = [];
  const checks = [
    ...column.checks,
    ...table.constraints.flatMap(({ type, expression }) => (type === 'c' && expression ? [expression] : [])),
  ];
  for (const check of checks) {
    const tree = parseExpression(check);
    let names = false;
    const texts: string[] = [];
    walk([{ root: tree }], (type, node) => {
      if (type === 'ColumnRef') names ||= ['VALUE', 'value', column.name].includes(nameParts(node.fields).at(-1) ?? '');
      if (type === 'A_Const' && node.sval) texts.push((node.sval as { sval?: string }).sval ?? '');
      return undefined;
    });
    if (names) labels.push(...texts);
  }
  return labels;
}

/** The least powerful label of a column that holds a role; undefined where the column says nothing of the kind. */
function lowRole(table: RowTable, column: RowColumn): string | undefined {
  if (!ROLE_COLUMN.test(column.name)) return undefined;
  const labels = labelsOf(table, column);
  return LOW_ROLES.flatMap((role) => labels.find((label) => label.toLowerCase() === role) ?? [])[0] ?? labels.at(-1);
}

/** Every label is a power (admin, moderator): whoever has a row has it. */
function onlyPowers(table: RowTable): boolean {
  return table.columns.some((column) => {
    if (!ROLE_COLUMN.test(column.name) || column.default !== null) return false;
    const labels = labelsOf(table, column);
    return labels.length > 0 && !labels.some((label) => LOW_ROLES.includes(label.toLowerCase()));
  });
}

/** Tables after those their foreign keys lead to, and those their policies ask. */
function parentsFirst(
  oids: Iterable<string>,
  tables: ReadonlyMap<string, RowTable>,
  asked: (oid: string) => readonly string[],
): string[] {
  const wanted = new Set(oids);
  const done = new Set<string>();
  const visit = (oid: string) => {
    if (done.has(oid)) return;
    done.add(oid);
    for (const { type, target } of tables.get(oid)?.constraints ?? [])
      if (type === 'f' && tables.has(target)) visit(target);
    for (const target of asked(oid)) visit(target);
    if (wanted.has(oid)) order.push(oid);
  };
  const order: string[] = [];
  for (const oid of wanted) visit(oid);
  return order;
}

/** The id of the actor's tenant where no table holds it, of the column's type; A and B share theirs. */
function madeUpTenant(actor: ActorName, column: RowColumn | undefined): string | number {
  const number = { A: 1, B: 1, C: 2, D: 3 }[actor];
  const base = column?.base ?? 'text';
  if (/^int|numeric/.test(base)) return 900 + number;
  return base === 'uuid' ? madeUpUuid(0xfffff0 + number) : `tenant${number}`;
}

class Populator {
  readonly #client: pg.Client;
  readonly #catalogue: AccessCatalogue;
  readonly #model: OwnershipModel;
  readonly #signal: AbortSignal | undefined;
  /** Partitions may be made and materialized views refreshed. */
  readonly #alone: boolean;
  readonly #byName: ReadonlyMap<string, RowTable>;

  constructor(
    client: pg.Client,
    catalogue: AccessCatalogue,
    model: OwnershipModel,
    signal: AbortSignal | undefined,
    alone: boolean,
  ) {
    this.#alone = alone;
    this.#client = client;
    this.#catalogue = catalogue;
    this.#model = model;
    this.#signal = signal;
    this.#byName = new Map([...catalogue.tables.values()].map((table) => [qualified(table.schema, table.name), table]));
  }

  async run(): Promise<Population> {
    const maker = await openRowMaker(this.#client, { partitions: this.#alone });
    const { tables } = this.#catalogue;
    const owned = parentsFirst(
      [...this.#model.tables.keys()].filter((oid) => {
        const table = tables.get(oid);
        return (
          table && table.schema !== 'storage' && !this.#catalogue.relations.find((row) => row.oid === oid)?.partition
        );
      }),
      tables,
      (oid) =>
        (this.#model.readings.get(oid)?.tables ?? []).flatMap(
          ({ schema, table }) => this.#named(schema, table)?.oid ?? [],
        ),
    );
    const tenants = owned.filter((oid) => this.#model.tenants.has(oid));
    const buckets = await this.#buckets();
    const actors = new Map<ActorName, Actor>();
    let shared: MadeRow[] = [];
    for (const name of ACTORS) {
      const scope = maker.scope(name === 'B' ? shared : []);
      const user = await scope.user();
      if (!user.ok) throw new Error(`no row of auth.users could be made: ${user.reason}`);
      const claims = claimsOf(user.row.values, this.#madeUpClaims(name));
      const actor: Actor = { name, claims, rows: new Map() };
      const people = this.#named('auth', 'users');
      const standing = people && (await this.#texts(people, user.row.where));
      if (people && standing)
        actor.rows.set(people.oid, { row: { where: user.row.where, ...standing, fresh: standing.values } });
      actors.set(name, actor);
      await this.#signIn(claims);
      for (const oid of tenants) if (name !== 'D') await this.#make(actor, scope, oid);
      if (name === 'A') shared = tenants.flatMap((oid) => this.#knownRow(scope, oid) ?? []);
      this.#tenantClaims(actor);
      await this.#signIn(actor.claims);
      for (const oid of owned) {
        this.#signal?.throwIfAborted();
        if (this.#model.tenants.has(oid)) continue;
        const table = tables.get(oid);
        const withheld = this.#model.tables.get(oid)?.withheld || (table !== undefined && onlyPowers(table));
        if (withheld === (name === 'D')) await this.#make(actor, scope, oid);
        else if (withheld)
          actor.rows.set(oid, {
            reason: 'a row of it is a power or a ban in itself, which the users tried do not have',
          });
      }
      for (const bucket of buckets) if (name !== 'D') await this.#object(actor, scope, bucket);
    }
    return { actors, buckets };
  }

  #named(schema: string, name: string): RowTable | undefined {
    return this.#byName.get(qualified(schema, name));
  }

  #knownRow(scope: RowScope, oid: string): MadeRow | null {
    const table = this.#catalogue.tables.get(oid);
    return table ? scope.known(table.schema, table.name) : null;
  }

  /** Claims that name a tenant and that no table holds. */
  #madeUpClaims(name: ActorName): Record<string, unknown> {
    const claims: Record<string, unknown> = {};
    for (const path of this.#model.tenantClaims.values()) {
      setPath(claims, path, madeUpTenant(name, this.#claimColumn(path)));
    }
    return claims;
  }

  #claimColumn(path: readonly string[]): RowColumn | undefined {
    for (const [oid, reading] of this.#model.readings) {
      const use = reading.claims.find(({ claim }) => claim.join('.') === path.join('.'));
      const column = use && this.#catalogue.tables.get(oid)?.columns.find(({ name }) => name === use.column);
      if (column) return column;
    }
    return undefined;
  }

  /** Where a tenant's claim points at a table, it is that of the actor's own row there. */
  #tenantClaims(actor: Actor): void {
    const claims = structuredClone(actor.claims) as Record<string, unknown>;
    for (const path of this.#model.tenantClaims.values()) {
      for (const [oid, reading] of this.#model.readings) {
        const use = reading.claims.find(({ claim }) => claim.join('.') === path.join('.'));
        if (!use) continue;
        const key = this.#catalogue.tables
          .get(oid)
          ?.constraints.find(({ type, columns }) => type === 'f' && columns?.length === 1 && columns[0] === use.column);
        const target = key
          ? actor.rows.get(key.target)
          : this.#model.tenants.has(oid)
            ? actor.rows.get(oid)
            : undefined;
        const value = target && 'row' in target ? target.row.values[key?.targetColumns?.[0] ?? use.column] : undefined;
        if (value !== undefined && value !== null) setPath(claims, path, value);
      }
    }
    actor.claims = claims;
  }

  /** Values that the row generator could not know: whose the row is, where no foreign key says it. */
  #given(actor: Actor, table: RowTable, ownership: TableOwnership): Record<string, string | null> {
    const given: Record<string, string | null> = {};
    const keyed = new Set(table.constraints.flatMap(({ type, columns }) => (type === 'f' ? (columns ?? []) : [])));
    for (const column of table.columns) {
      const role = lowRole(table, column);
      if (role !== undefined) given[column.name] = role;
    }
    for (const { column, claim, element } of ownership.bound) {
      const value = valueAt(actor.claims, claim);
      if (value !== null && !keyed.has(column)) given[column] = element ? `{${value}}` : value;
    }
    const reading = this.#model.readings.get(table.oid);
    for (const { column, claim, element } of reading?.claims ?? []) {
      const value = this.#model.tenantClaims.has(claim.join('.')) ? valueAt(actor.claims, claim) : null;
      if (value !== null && !keyed.has(column)) given[column] = element ? `{${value}}` : value;
    }
    // A policy finds the row's parent by a column that no foreign key leads from.
    for (const { column, schema, table: parent, other } of reading?.tables ?? []) {
      const found = this.#named(schema, parent);
      const outcome = found && actor.rows.get(found.oid);
      const value = outcome && 'row' in outcome ? outcome.row.values[other] : undefined;
      if (value !== undefined && value !== null && !keyed.has(column) && given[column] === undefined)
        given[column] = value;
    }
    const { tenant } = ownership;
    if (tenant && !keyed.has(tenant.column) && given[tenant.column] === undefined && tenant.source !== 'primary key') {
      const value = this.#tenantValue(actor, table, tenant.column);
      if (value !== null) given[tenant.column] = value;
    }
    return given;
  }

  /** Of a tenant column without a foreign key: the id of the tenant's row, else one made up. */
  #tenantValue(actor: Actor, table: RowTable, name: string): string | null {
    const stem = name.replace(/_id$/i, '');
    for (const oid of this.#model.tenants) {
      const tenant = this.#catalogue.tables.get(oid);
      const outcome = actor.rows.get(oid);
      if (
        !tenant ||
        !outcome ||
        !('row' in outcome) ||
        ![stem, `${stem}s`, `${stem.replace(/y$/, 'ie')}s`].includes(tenant.name)
      )
        continue;
      const [key] = tenant.constraints.find(({ type }) => type === 'p')?.columns ?? [];
      if (key !== undefined) return outcome.row.values[key] ?? null;
    }
    return String(
      madeUpTenant(
        actor.name,
        table.columns.find((column) => column.name === name),
      ),
    );
  }

  async #signIn(claims: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#client.query(
      `select pg_catalog.set_config('request.jwt.claims', $1, true), pg_catalog.set_config('request.jwt.claim.sub', $2, true)`,
      [JSON.stringify(claims), String(claims.sub)],
    );
  }

  async #make(actor: Actor, scope: RowScope, oid: string): Promise<void> {
    const table = this.#catalogue.tables.get(oid);
    const ownership = this.#model.tables.get(oid);
    if (!table || !ownership) return;
    const given = this.#given(actor, table, ownership);
    const known = scope.known(table.schema, table.name);
    const outcome = known
      ? ({ ok: true, row: known } as const)
      : await scope.row(table.schema, table.name, { given, references: true });
    actor.rows.set(
      oid,
      outcome.ok
        ? await this.#actorRow(actor, scope, table, ownership, outcome.row, given)
        : { reason: `no row of it could be made: ${outcome.reason}` },
    );
  }

  async #actorRow(
    actor: Actor,
    scope: RowScope,
    table: RowTable,
    ownership: TableOwnership,
    row: MadeRow,
    given: Record<string, string | null>,
  ): Promise<Outcome> {
    const standing = await this.#texts(table, row.where);
    if (standing === null) return { reason: 'its row was gone again: a trigger takes rows away' };
    const { owner } = ownership;
    if (owner?.claim && actor.name !== 'D' && !this.#model.tenants.has(table.oid)) {
      const expected = given[owner.column] ?? valueAt(actor.claims, owner.claim);
      const bound = ownership.bound.find(({ column }) => column === owner.column);
      const keyed = table.constraints.some(
        ({ type, columns }) => type === 'f' && columns?.[0] === owner.column && columns.length === 1,
      );
      if ((!keyed || owner.source === 'policy') && !bound?.element && standing.values[owner.column] !== expected)
        return {
          reason: `its column ${quoteIdent(owner.column)} does not keep the value of the user the row was made for`,
        };
      if (keyed && standing.values[owner.column] === null)
        return { reason: `its column ${quoteIdent(owner.column)} stays empty` };
    }
    return {
      row: {
        where: row.where,
        values: standing.values,
        place: standing.place,
        fresh: await this.#fresh(scope, table, row, given, standing.values),
      },
    };
  }

  /** Values of one more row of the same owner, which is not kept; the row's own where none can be made. */
  async #fresh(
    scope: RowScope,
    table: RowTable,
    row: MadeRow,
    given: Record<string, string | null>,
    standing: Readonly<Record<string, string | null>>,
  ): Promise<Readonly<Record<string, string | null>>> {
    await this.#client.query('savepoint fresh_row');
    try {
      const another = await scope.row(table.schema, table.name, { given, references: true });
      if (!another.ok || another.row.where === row.where) return standing;
      return (await this.#texts(table, another.row.where))?.values ?? standing;
    } finally {
      await this.#client.query('rollback to savepoint fresh_row; release savepoint fresh_row');
    }
  }

  async #texts(table: RowTable, where: string): Promise<Pick<ActorRow, 'values' | 'place'> | null> {
    const columns = table.columns.map(({ name }) => name);
    const list = columns.map((name, at) => `${quoteIdent(name)}::text as c${at}`).join(', ');
    const { rows } = await this.#client.query<Record<string, string | null>>(
      `select tableoid::text as place${list ? `, ${list}` : ''} from ${qualified(table.schema, table.name)} where ${where} limit 1`,
    );
    const [found] = rows;
    if (!found) return null;
    return {
      place: found.place ?? table.oid,
      values: Object.fromEntries(columns.map((name, at) => [name, found[`c${at}`] ?? null])),
    };
  }

  /** Buckets that policies on storage.objects speak of; those that a migration did not make are made. */
  async #buckets(): Promise<string[]> {
    const objects = this.#catalogue.relations.find(({ schema, name }) => schema === 'storage' && name === 'objects');
    if (!objects || objects.policies.length === 0) return [];
    const named =
      this.#model.readings
        .get(objects.oid)
        ?.constants.flatMap(({ column, value }) => (column === 'bucket_id' ? [value] : [])) ?? [];
    for (const name of named)
      await this.#client.query('insert into storage.buckets (id, name) values ($1, $1) on conflict do nothing', [name]);
    const { rows } = await this.#client.query<{ id: string }>('select id from storage.buckets order by id');
    if (rows.length === 0) {
      await this.#client.query(`insert into storage.buckets (id, name) values ('any', 'any')`);
      return ['any'];
    }
    return rows.map(({ id }) => id);
  }

  /** The first folder is the user's, unless a policy looks for something else there (a tenant). */
  #folder(actor: Actor, oid: string): string {
    const folders = this.#model.readings.get(oid)?.folders.filter(({ at }) => at === 1) ?? [];
    const tenant = [...this.#model.tenants][0];
    const row = tenant === undefined ? undefined : actor.rows.get(tenant);
    const key = this.#catalogue.tables.get(tenant ?? '')?.constraints.find(({ type }) => type === 'p')?.columns?.[0];
    const tenantId = row && 'row' in row && key !== undefined ? row.row.values[key] : null;
    const claim = folders.find((folder) => folder.claim !== null)?.claim;
    if (claim) return valueAt(actor.claims, claim) ?? 'none';
    return folders.length > 0 && tenantId ? tenantId : String(actor.claims.sub);
  }

  async #object(actor: Actor, scope: RowScope, bucket: string): Promise<void> {
    const table = this.#named('storage', 'objects');
    if (!table) return;
    const sub = String(actor.claims.sub);
    const owners = { owner: sub, owner_id: sub };
    const folder = this.#folder(actor, table.oid);
    const outcome = await scope.row('storage', 'objects', {
      given: { bucket_id: bucket, name: `${folder}/${actor.name}.png`, ...owners },
    });
    if (!outcome.ok) {
      actor.rows.set(`bucket:${bucket}`, { reason: `no row of it could be made: ${outcome.reason}` });
      return;
    }
    const standing = await this.#texts(table, outcome.row.where);
    if (!standing) return;
    const fresh = { bucket_id: bucket, name: `${folder}/${actor.name}-new.png`, ...owners };
    actor.rows.set(`bucket:${bucket}`, { row: { where: outcome.row.where, ...standing, fresh } });
  }

  /** Brings materialized views up to the rows made. */
  async refresh(): Promise<void> {
    for (const { kind, schema, name } of this.#catalogue.relations) {
      if (kind !== 'm') continue;
      await this.#client.query('savepoint refreshed');
      try {
        await this.#client.query(`refresh materialized view ${qualified(schema, name)}`);
      } catch (error) {
        stateOf(error);
        await this.#client.query('rollback to savepoint refreshed');
      }
      await this.#client.query('release savepoint refreshed');
    }
  }
}

function setPath(claims: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = claims;
  for (const key of path.slice(0, -1)) {
    const next = at[key];
    at[key] = typeof next === 'object' && next !== null ? next : {};
    at = at[key] as Record<string, unknown>;
  }
  at[path.at(-1) ?? ''] = value;
}

/** The claim at a path, as `->>` gives it. */
export function valueAt(claims: Readonly<Record<string, unknown>>, path: readonly string[]): string | null {
  let at: unknown = claims;
  for (const key of path) at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  return at === undefined || at === null ? null : typeof at === 'object' ? JSON.stringify(at) : String(at);
}

/** A literal of the column's type. */
export function literalOf(table: RowTable, column: string, value: string | null): string {
  const type = table.columns.find(({ name }) => name === column)?.type ?? 'text';
  return value === null ? 'null' : `${quoteLiteral(value)}::${type}`;
}

/** Tables without a foreign key to auth.users in which a trigger leaves a row of a new user's id, by oid. */
export async function userMirrors(client: pg.Client, tables: ReadonlyMap<string, RowTable>): Promise<Set<string>> {
  const found = new Set<string>();
  await client.query('savepoint mirrors');
  const user = await (await openRowMaker(client)).scope().user();
  for (const table of user.ok ? tables.values() : []) {
    const key = table.constraints.find(({ type }) => type === 'p')?.columns ?? [];
    const column = table.columns.find(({ name, base }) => name === key[0] && base === 'uuid');
    if (key.length !== 1 || !column || table.schema === 'auth') continue;
    const { rowCount } = await client.query(
      `select 1 from ${qualified(table.schema, table.name)} where ${quoteIdent(column.name)} = $1`,
      [user.ok ? user.row.values.id : null],
    );
    if (rowCount) found.add(table.oid);
  }
  await client.query('rollback to savepoint mirrors; release savepoint mirrors');
  return found;
}

/**
 * Rows of four users in every table, so that no probe passes on emptiness: A and B within one tenant, C in another, D apart.
 * What one user's rows refer to is that user's; tenants are shared by A and B.
 */
export async function populate(
  client: pg.Client,
  catalogue: AccessCatalogue,
  model: OwnershipModel,
  signal: AbortSignal | undefined,
  /** Nobody else works in the database: partitions may be made and materialized views refreshed. */
  alone = true,
): Promise<Population> {
  const populator = new Populator(client, catalogue, model, signal, alone);
  const population = await populator.run();
  if (alone) await populator.refresh();
  return population;
}
