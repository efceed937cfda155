import type pg from 'pg';
import { qualified, quoteIdent, quoteLiteral } from '../../core/text.ts';
import { type RowColumn, type RowConstraint, type RowTable, readRowTables } from './rows/catalogue.ts';
import { satisfyChecks } from './rows/checks.ts';
import { madeUpUuid, valueFor } from './rows/values.ts';

/** A row that is in the database: made by us, or found there because a trigger or a migration had made it. */
export interface MadeRow {
  schema: string;
  table: string;
  /** Columns as text, as `row_to_json` gives them. */
  values: Readonly<Record<string, string | null>>;
  /** `where` of this row and no other: by primary key, else by place. */
  where: string;
  /** False where it was there already. */
  made: boolean;
}

export type RowOutcome = { ok: true; row: MadeRow } | { ok: false; reason: string };

export interface RowRequest {
  /** Values to take, as text; null is NULL. */
  given?: Readonly<Record<string, string | null>>;
  /** Foreign keys that may be NULL are filled too, where no cycle forbids it. */
  references?: boolean;
}

/**
 * A set of rows that belong together: every foreign key into one table leads to the same row, so that an owner's order, its
 * lines and its address are all that owner's. Another scope has rows of its own.
 */
export interface RowScope {
  /** A row of the table that satisfies its types, NOT NULL, foreign keys (made on the way), checks, domains and unique keys. */
  row(schema: string, table: string, request?: RowRequest): Promise<RowOutcome>;
  /** The scope's user of auth.users; made at the first call. */
  user(): Promise<RowOutcome>;
  /** The row that foreign keys of this scope into the table lead to, or null where none was made yet. */
  known(schema: string, table: string): MadeRow | null;
}

export interface RowMaker {
  /** A new scope; `shared` rows are what foreign keys into their tables lead to (a tenant that several owners share). */
  scope(shared?: readonly MadeRow[]): RowScope;
}

const MAX_DEPTH = 16;
const MAX_ATTEMPTS = 14;
/** What GoTrue writes with every user. */
const USER_DEFAULTS: Readonly<Record<string, string>> = {
  instance_id: madeUpUuid(0),
  aud: 'authenticated',
  role: 'authenticated',
  raw_app_meta_data: '{"provider": "email", "providers": ["email"]}',
  raw_user_meta_data: '{}',
};

/** A row being made: what is planned for it may be asked for by the rows it needs. */
interface Draft {
  table: RowTable;
  planned: Map<string, string>;
  /** Columns that must stay as planned. */
  fixed: Set<string>;
  /** Rows that it points at by a deferrable key and that point back at it. */
  afterwards: { target: RowTable; values: Record<string, string> }[];
}

class Impossible extends Error {}

const keyOf = (schema: string, table: string) => `${schema}\u0000${table}`;

/** Why PostgreSQL refused the row, without a value. */
function refusal(error: unknown): string {
  const { code, where, column, constraint, table } = error as pg.DatabaseError;
  if (code === undefined) return 'the connection was lost';
  const by = /(?:PL\/pgSQL|SQL) function (\S+?)\(/.exec(where ?? '')?.[1];
  const at = constraint ?? column ?? table;
  const what = code === '57014' ? 'did not end in time' : 'refused it';
  return `${by ? `the trigger function ${by}` : 'PostgreSQL'} ${what} (${code}${at ? `, ${at}` : ''})`;
}

class Maker implements RowMaker {
  readonly client: pg.Client;
  readonly partitions: boolean;
  readonly tables: ReadonlyMap<string, RowTable>;
  readonly byName: ReadonlyMap<string, RowTable>;
  #count = 0;

  constructor(client: pg.Client, tables: ReadonlyMap<string, RowTable>, partitions: boolean) {
    this.client = client;
    this.partitions = partitions;
    this.tables = tables;
    this.byName = new Map([...tables.values()].map((table) => [keyOf(table.schema, table.name), table]));
  }

  next(): number {
    this.#count++;
    return this.#count;
  }

  scope(shared: readonly MadeRow[] = []): RowScope {
    return new Scope(this, shared);
  }
}

class Scope implements RowScope {
  readonly #maker: Maker;
  readonly #parents: Map<string, MadeRow>;
  #signedIn = false;

  constructor(maker: Maker, shared: readonly MadeRow[]) {
    this.#maker = maker;
    this.#parents = new Map(shared.map((row) => [keyOf(row.schema, row.table), row]));
  }

  known(schema: string, table: string): MadeRow | null {
    return this.#parents.get(keyOf(schema, table)) ?? null;
  }

  async user(): Promise<RowOutcome> {
    const known = this.known('auth', 'users');
    return known ? { ok: true, row: known } : this.row('auth', 'users');
  }

  async row(schema: string, name: string, request: RowRequest = {}): Promise<RowOutcome> {
    const table = this.#maker.byName.get(keyOf(schema, name));
    if (!table) return { ok: false, reason: `there is no table ${qualified(schema, name)}` };
    try {
      return { ok: true, row: await this.#make(table, request, []) };
    } catch (error) {
      if (error instanceof Impossible) return { ok: false, reason: error.message };
      throw error;
    }
  }

  async #make(table: RowTable, request: RowRequest, stack: readonly Draft[]): Promise<MadeRow> {
    const draft: Draft = { table, planned: new Map(), fixed: new Set(), afterwards: [] };
    if (stack.length >= MAX_DEPTH) throw new Impossible('its foreign keys lead through more than 16 tables');
    const isUsers = table.schema === 'auth' && table.name === 'users';
    const given = { ...(isUsers && USER_DEFAULTS), ...request.given };
    for (const [name, value] of Object.entries(given)) {
      const column = table.columns.find((candidate) => candidate.name === name && !candidate.generated);
      if (!column) continue;
      draft.planned.set(name, value === null ? 'null' : `${quoteLiteral(value)}::${column.type}`);
      draft.fixed.add(name);
    }
    const n = this.#maker.next();
    const within = [...stack, draft];
    for (const key of foreignKeys(table)) await this.#refer(draft, key, within, request.references ?? false);
    for (const column of table.columns) this.#plan(draft, column, n, isUsers);
    let unmet = await satisfyChecks(this.#maker.client, table, draft.planned, draft.fixed, n);
    if (unmet !== null && (await this.#separate(draft, within)))
      unmet = await satisfyChecks(this.#maker.client, table, draft.planned, draft.fixed, n);
    if (unmet !== null) throw new Impossible(unmet);
    const row = await this.#insert(draft, n, within);
    const key = keyOf(table.schema, table.name);
    if (!this.#parents.has(key)) this.#parents.set(key, row);
    for (const { target, values } of draft.afterwards)
      await this.#make(target, { given: await this.#texts(values) }, []);
    return row;
  }

  /** A value where the row needs one: NOT NULL and neither default, identity, generation nor foreign key brings it. */
  #plan(draft: Draft, column: RowColumn, n: number, isUsers: boolean): void {
    if (draft.planned.has(column.name) || column.generated) return;
    const wanted = isUsers && (column.name === 'email' || column.name === 'created_at' || column.name === 'updated_at');
    if (!wanted && (!column.notNull || column.default !== null || column.identity !== '')) return;
    const value = valueFor(column, n);
    if (value === null)
      throw new Impossible(`no value is known for its column ${quoteIdent(column.name)} of type ${column.type}`);
    draft.planned.set(column.name, value);
  }

  /** Lets a foreign key lead somewhere, where it has to. */
  async #refer(draft: Draft, key: RowConstraint, stack: readonly Draft[], nullable: boolean): Promise<void> {
    const columns = key.columns ?? [];
    const targets = key.targetColumns ?? [];
    const own = columns.flatMap((name) => draft.table.columns.find((column) => column.name === name) ?? []);
    if (own.some(({ generated }) => generated)) return;
    if (columns.every((name) => draft.fixed.has(name))) return;
    const required = own.some(({ notNull, default: otherwise }) => notNull && otherwise === null);
    const target = this.#maker.tables.get(key.target);
    if (!target || !(required || (nullable && !own.every(({ default: otherwise }) => otherwise !== null)))) return;
    const open = stack.find(({ table }) => table.oid === target.oid);
    if (open) {
      if (!required) return;
      if (open !== stack.at(-1) && !key.deferrable) throw new Impossible(cycleOf(stack, open));
      // The row pointed at is still being made: its key is planned now, so that both agree.
      targets.forEach((name, at) => {
        const column = open.table.columns.find((candidate) => candidate.name === name);
        const value = open.planned.get(name) ?? (column && valueFor(column, this.#maker.next()));
        if (!value) throw new Impossible(cycleOf(stack, open));
        open.planned.set(name, value);
        open.fixed.add(name);
        take(draft, columns[at], value);
      });
      return;
    }
    const wanted: Record<string, string> = {};
    columns.forEach((name, at) => {
      const value = draft.planned.get(name);
      if (value !== undefined && draft.fixed.has(name)) wanted[targets[at] ?? ''] = value;
    });
    let parent: MadeRow;
    try {
      parent = await this.#parent(target, wanted, stack);
    } catch (error) {
      if (!(error instanceof Impossible)) throw error;
      if (!required) return;
      if (!key.deferrable || Object.keys(wanted).length > 0) throw error;
      // Each needs the other's row: this one comes first, and the one it points at is made with the key planned here.
      const values: Record<string, string> = {};
      targets.forEach((name, at) => {
        const column = target.columns.find((candidate) => candidate.name === name);
        const value = column && valueFor(column, this.#maker.next());
        if (!value) throw error;
        values[name] = value;
        take(draft, columns[at], value);
      });
      draft.afterwards.push({ target, values });
      return;
    }
    targets.forEach((name, at) => {
      const type = own[at]?.type ?? 'text';
      const value = parent.values[name];
      if (value !== null && value !== undefined) take(draft, columns[at], `${quoteLiteral(value)}::${type}`);
    });
  }

  /** The scope's row of a table, one that is there with the values wanted, or a new one. */
  async #parent(table: RowTable, wanted: Record<string, string>, stack: readonly Draft[]): Promise<MadeRow> {
    const conditions = Object.entries(wanted).map(([name, value]) => `${quoteIdent(name)} = ${value}`);
    const known = this.#parents.get(keyOf(table.schema, table.name));
    if (known && conditions.length === 0) return known;
    if (conditions.length > 0) {
      const found = await this.#find(table, conditions.join(' and '));
      if (found) return found;
    }
    try {
      return await this.#make(table, { given: await this.#texts(wanted) }, stack);
    } catch (error) {
      if (!(error instanceof Impossible)) throw error;
      // Lookup tables that a migration filled and that take no more rows.
      const there = conditions.length === 0 ? await this.#find(table, 'true') : null;
      if (there) return there;
      throw new Impossible(
        `${qualified(table.schema, table.name)}, which it refers to, takes no row: ${error.message}`,
      );
    }
  }

  async #texts(wanted: Record<string, string>): Promise<Record<string, string | null>> {
    const names = Object.keys(wanted);
    if (names.length === 0) return {};
    const list = names.map((name, at) => `(${wanted[name]})::text as c${at}`).join(', ');
    const { rows } = await this.#maker.client.query<Record<string, string | null>>(`select ${list}`);
    return Object.fromEntries(names.map((name, at) => [name, rows[0]?.[`c${at}`] ?? null]));
  }

  async #find(table: RowTable, condition: string): Promise<MadeRow | null> {
    const { rows } = await this.#maker.client.query<{ row: Record<string, unknown>; place: string }>(
      `select pg_catalog.row_to_json(made_row_) as row, made_row_.ctid::text as place from ${qualified(table.schema, table.name)} made_row_ where ${condition} order by 1::text limit 1`,
    );
    return rows[0] ? madeRow(table, rows[0].row, rows[0].place, false) : null;
  }

  /** Inserts the draft; what PostgreSQL refuses is changed where that can help. */
  async #insert(draft: Draft, n: number, stack: readonly Draft[]): Promise<MadeRow> {
    const { client } = this.#maker;
    let bypass = false;
    for (let attempt = 1; ; attempt++) {
      await client.query('savepoint made_row');
      try {
        if (bypass) await client.query('set local session_replication_role = replica');
        const result = await client.query<{ row: Record<string, unknown>; place: string }>(insertSql(draft));
        if (bypass) await client.query('set local session_replication_role = origin');
        await client.query('release savepoint made_row');
        const row = result.rows[0];
        if (!row) throw new Impossible('a trigger of it lets no row in');
        return madeRow(draft.table, row.row, row.place, true);
      } catch (error) {
        if (error instanceof Impossible) throw error;
        if ((error as pg.DatabaseError).code === undefined) throw error;
        await client.query('rollback to savepoint made_row; release savepoint made_row');
        const isUsers = draft.table.schema === 'auth' && draft.table.name === 'users';
        const there = await this.#madeByTrigger(draft, error as pg.DatabaseError);
        if (there) return there;
        const changed =
          attempt < MAX_ATTEMPTS && (await this.#change(draft, error as pg.DatabaseError, n, attempt, stack));
        if (changed) continue;
        // A sign-up trigger that fails is another probe's finding; rows of users are needed all the same.
        if (isUsers && !bypass) {
          bypass = true;
          continue;
        }
        throw new Impossible(refusal(error));
      }
    }
  }

  /** The row that a trigger made of itself (the profile of a new user), where only the key was asked for. */
  async #madeByTrigger(draft: Draft, { code, constraint }: pg.DatabaseError): Promise<MadeRow | null> {
    if (code !== '23505' || constraint === undefined) return null;
    const columns = draft.table.uniques.find(({ name }) => name === constraint)?.columns ?? [];
    if (columns.length === 0 || !columns.every((name) => draft.fixed.has(name) && draft.planned.has(name))) return null;
    return this.#find(
      draft.table,
      columns.map((name) => `${quoteIdent(name)} = ${draft.planned.get(name)}`).join(' and '),
    );
  }

  /** Changes the draft after a refusal; false where nothing is left to try. */
  async #change(
    draft: Draft,
    error: pg.DatabaseError,
    n: number,
    attempt: number,
    stack: readonly Draft[],
  ): Promise<boolean> {
    const { table, planned, fixed } = draft;
    const { code, constraint, column: missing } = error;
    const overwritten = code === '23502' && missing !== undefined && planned.has(missing);
    if ((overwritten || code === 'P0001' || code === '42501') && !this.#signedIn) return this.#signIn(stack);
    if (code === '23502') {
      const column = table.columns.find(({ name }) => name === missing);
      if (!column || planned.has(column.name) || (error.table !== undefined && error.table !== table.name))
        return false;
      const key = foreignKeys(table).find(({ columns }) => columns?.includes(column.name));
      if (key) await this.#refer(forced(draft, column.name), key, stack, true);
      const value = planned.get(column.name) ?? valueFor(column, n);
      if (value === null) return false;
      planned.set(column.name, value);
      return true;
    }
    if (code === '23514' && constraint === undefined && table.partitioned) return this.#partition(table);
    if (code === '23514' && error.table === table.name) {
      if (attempt < 3 && (await this.#separate(draft, stack, attempt === 2))) return true;
      return (await satisfyChecks(this.#maker.client, table, planned, fixed, n, attempt)) === null;
    }
    if (code === '23503') {
      const key = foreignKeys(table).find(({ name }) => name === constraint);
      if (!key || key.columns?.some((name) => fixed.has(name))) return false;
      for (const name of key.columns ?? []) planned.delete(name);
      await this.#refer(forced(draft, ...(key.columns ?? [])), key, stack, true);
      return key.columns?.some((name) => planned.has(name)) ?? false;
    }
    if (code === '23505' || code === '23P01') return this.#makeUnique(draft, constraint, attempt);
    return false;
  }

  /** Where two foreign keys lead into one table (friend and friend), the second gets a row of its own; false where there are none. */
  async #separate(draft: Draft, stack: readonly Draft[], reverse = false): Promise<boolean> {
    const seen = new Set<string>();
    let changed = false;
    const keys = foreignKeys(draft.table);
    for (const key of reverse ? keys.toReversed() : keys) {
      const [column] = key.columns ?? [];
      const target = this.#maker.tables.get(key.target);
      if (!target || column === undefined || key.columns?.length !== 1 || !draft.planned.has(column)) continue;
      if (!seen.has(key.target)) {
        seen.add(key.target);
        continue;
      }
      if (stack.some(({ table }) => table.oid === target.oid)) continue;
      const other = await this.#maker.scope().row(target.schema, target.name);
      const value = other.ok ? other.row.values[key.targetColumns?.[0] ?? ''] : null;
      if (value === null || value === undefined) continue;
      const type = draft.table.columns.find(({ name }) => name === column)?.type ?? 'text';
      draft.planned.set(column, `${quoteLiteral(value)}::${type}`);
      changed = true;
    }
    return changed;
  }

  /** Triggers that ask who is calling find the scope's user: what PostgREST sets for a request. */
  async #signIn(stack: readonly Draft[]): Promise<boolean> {
    const { client } = this.#maker;
    const users = this.#maker.byName.get(keyOf('auth', 'users'));
    if (!users || stack.some(({ table }) => table.oid === users.oid)) return false;
    this.#signedIn = true;
    const user = await this.user();
    if (!user.ok) return false;
    const sub = user.row.values.id ?? '';
    const claims = JSON.stringify({ sub, role: 'authenticated', aud: 'authenticated', email: user.row.values.email });
    await client.query(
      `select pg_catalog.set_config('request.jwt.claims', $1, true), pg_catalog.set_config('request.jwt.claim.sub', $2, true)`,
      [claims, sub],
    );
    return true;
  }

  /** Other values for the columns of a unique key. */
  #makeUnique(draft: Draft, constraint: string | undefined, attempt: number): boolean {
    const { table, planned, fixed } = draft;
    const named =
      table.uniques.find(({ name }) => name === constraint)?.columns ??
      table.constraints.find(({ name }) => name === constraint)?.columns;
    const columns = table.columns.filter(
      (column) => !column.generated && (!named || named.includes(column.name)) && !fixed.has(column.name),
    );
    let changed = false;
    for (const column of columns) {
      const value = valueFor(column, this.#maker.next() + attempt * 7, attempt);
      if (value === null || value === planned.get(column.name)) continue;
      if (!planned.has(column.name) && !named) continue;
      planned.set(column.name, value);
      changed = true;
    }
    return changed;
  }

  /** A partition for what no other takes: the database is a copy. */
  async #partition(table: RowTable): Promise<boolean> {
    const { client, partitions } = this.#maker;
    if (!partitions) return false;
    await client.query('savepoint made_partition');
    try {
      await client.query(
        `create table ${qualified(table.schema, `supaready_rest_${table.oid}`)} partition of ${qualified(table.schema, table.name)} default`,
      );
      await client.query('release savepoint made_partition');
      return true;
    } catch (error) {
      if ((error as pg.DatabaseError).code === undefined) throw error;
      await client.query('rollback to savepoint made_partition; release savepoint made_partition');
      return false;
    }
  }
}

/** A view of the draft in which these columns count as required. */
function forced(draft: Draft, ...names: string[]): Draft {
  const columns = draft.table.columns.map((column) =>
    names.includes(column.name) ? { ...column, notNull: true, default: null } : column,
  );
  return { ...draft, table: { ...draft.table, columns } };
}

function take(draft: Draft, name: string | undefined, value: string): void {
  if (name === undefined || draft.fixed.has(name)) return;
  draft.planned.set(name, value);
  draft.fixed.add(name);
}

/** Widest first: a key over (tenant, project) decides the tenant for the narrower one. */
function foreignKeys(table: RowTable): RowConstraint[] {
  return table.constraints
    .filter(({ type }) => type === 'f')
    .toSorted((a, b) => (b.columns?.length ?? 0) - (a.columns?.length ?? 0));
}

function cycleOf(stack: readonly Draft[], open: Draft): string {
  const names = stack.slice(stack.indexOf(open)).map(({ table }) => qualified(table.schema, table.name));
  return `its foreign keys go round (${[...names, names[0]].join(' → ')}), none may be NULL or is deferrable, so no first row can be written`;
}

function insertSql({ table, planned }: Draft): string {
  const names = [...planned.keys()];
  const values = names.map((name) => planned.get(name));
  const always = table.columns.some(({ name, identity }) => identity === 'a' && planned.has(name));
  const body =
    names.length === 0
      ? 'default values'
      : `(${names.map(quoteIdent).join(', ')})${always ? ' overriding system value' : ''} values (${values.join(', ')})`;
  return `insert into ${qualified(table.schema, table.name)} as made_row_ ${body} returning pg_catalog.row_to_json(made_row_) as row, made_row_.ctid::text as place`;
}

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function madeRow(table: RowTable, row: Record<string, unknown>, place: string, made: boolean): MadeRow {
  const values = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asText(value)]));
  const primary = table.constraints.find(({ type }) => type === 'p')?.columns ?? [];
  const byKey = primary.map((name) => {
    const type = table.columns.find((column) => column.name === name)?.type ?? 'text';
    return `${quoteIdent(name)} = ${quoteLiteral(values[name] ?? '')}::${type}`;
  });
  const where = byKey.length > 0 ? byKey.join(' and ') : `ctid = ${quoteLiteral(place)}::tid`;
  return { schema: table.schema, table: table.name, values, where, made };
}

/**
 * Makes rows that a database accepts, for probes in a throw-away copy: whatever the tables ask for is closed over. The
 * session is in a transaction (savepoints are used), as a role that row level security does not hold and that may set
 * session_replication_role; a statement_timeout is the caller's to set.
 * Values are made up and say so; reasons name objects and SQLSTATEs, never values.
 */
export async function openRowMaker(
  client: pg.Client,
  /** Whether a partition may be made for rows that no other takes. */
  { partitions = true }: { partitions?: boolean } = {},
): Promise<RowMaker> {
  // Keys that are deferrable wait for the end, so that rows which need each other can be written.
  await client.query('set constraints all deferred');
  return new Maker(client, await readRowTables(client), partitions);
}
