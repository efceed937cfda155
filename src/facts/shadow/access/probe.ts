import pg from 'pg';
import type { Facts } from '../../../core/facts.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { PLATFORM_SCHEMAS } from '../../postgres/platform.ts';
import type { ShadowContext } from '../collect.ts';
import { inCopy, stateOf } from '../copy-session.ts';
import { type AccessCatalogue, readAccessCatalogue } from './catalogue.ts';
import { CellPlanner, type PlannedCell, type Target, targetsOf, withoutRefresh } from './cells.ts';
import FUNCTIONS from './functions.sql';
import { inferOwnership, type OwnershipModel } from './ownership.ts';
import { type Persona, PLATFORM_API_ROLES, personasOf } from './personas.ts';
import { populate, userMirrors } from './population.ts';

type Matrix = Facts['accessMatrix'];
type Cell = Matrix['relations'][number]['cells'][number];
type Answer = Pick<Cell, 'outcome' | 'sqlstate' | 'reason'>;

/** Statements on one relation that do not end in time before the rest is left alone. */
const MAX_TIMEOUTS = 2;
/** What PostgREST adds to every request’s search_path unless told otherwise (db-extra-search-path). */
const SEARCH_PATH = 'public, extensions';

/** Roles of the project’s own that a token may name. */
async function customRoles(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select r.rolname as name from pg_catalog.pg_roles r
     join pg_catalog.pg_auth_members m on m.roleid = r.oid
     join pg_catalog.pg_roles a on a.oid = m.member and a.rolname = 'authenticator'
     where r.rolname <> all ($1::text[]) and not r.rolcanlogin group by 1 order by 1`,
    [PLATFORM_API_ROLES],
  );
  return rows.map(({ name }) => name);
}

/**
 * From PostgreSQL 16 on, whoever makes a role may give it to others (ADMIN OPTION) and not become it. Role postgres made those
 * of the migrations, so it gives them to itself; that ends with the transaction, as everything here.
 */
async function mayBecome(client: pg.Client, role: string): Promise<boolean> {
  await client.query('savepoint membership');
  try {
    await client.query(`grant ${pg.escapeIdentifier(role)} to current_user`);
    return true;
  } catch (error) {
    stateOf(error);
    await client.query('rollback to savepoint membership');
    return false;
  } finally {
    await client.query('release savepoint membership');
  }
}

/** The function that raised the error by itself; null where PostgreSQL refused. */
function raisedBy({ where }: pg.DatabaseError): string | null {
  const [innermost] = (where ?? '').split('\n');
  return /^PL\/pgSQL function (\S+)\(.*at RAISE$/.exec(innermost ?? '')?.[1] ?? null;
}

function refusal(error: unknown): Answer {
  const sqlstate = stateOf(error);
  const failure = error as pg.DatabaseError;
  const by = raisedBy(failure);
  if (by !== null) return { outcome: 'error', sqlstate, reason: `raised by the function ${by}` };
  if (sqlstate === '42501') return { outcome: 'denied', sqlstate, reason: null };
  if (sqlstate === '42P17') return { outcome: 'recursion', sqlstate, reason: null };
  // Constraints are asked after privileges and policies (nodeModifyTable.c: WITH CHECK OPTIONs before ExecConstraints).
  if (sqlstate.startsWith('23') && (failure.constraint !== undefined || failure.column !== undefined))
    return { outcome: 'allowed', sqlstate, reason: null };
  return { outcome: 'error', sqlstate, reason: null };
}

/** One message for what goes well; what fails is undone by a second. */
async function ask(client: pg.Client, role: string, { sql, reason, proof }: PlannedCell): Promise<Answer> {
  if (sql === null) return { outcome: 'not-tried', sqlstate: null, reason };
  const count =
    proof === undefined ? '' : `set local role none; ${proof}; set local role ${pg.escapeIdentifier(role)};`;
  try {
    const results = (await client.query(
      `savepoint cell; ${count} ${sql}; ${count} rollback to savepoint cell; release savepoint cell`,
    )) as unknown as pg.QueryResult<{ rows: number }>[];
    if (proof === undefined)
      return { outcome: (results[1]?.rowCount ?? 0) > 0 ? 'allowed' : 'filtered', sqlstate: null, reason: null };
    const [before, after] = [results[2]?.rows[0]?.rows ?? 0, results[6]?.rows[0]?.rows ?? 0];
    if (after > before) return { outcome: 'allowed', sqlstate: null, reason: null };
    const changed = (results[4]?.rowCount ?? 0) > 0;
    return {
      outcome: 'filtered',
      sqlstate: null,
      reason: changed ? 'something of the table’s puts its own value there' : null,
    };
  } catch (error) {
    const answer = refusal(error);
    await client.query('rollback to savepoint cell; release savepoint cell');
    return answer;
  }
}

/** What PostgREST sets for a request (postgrest.org, “HTTP Context”), and what the Storage API does for a deletion. */
export async function become(client: pg.Client, { role, claims }: Pick<Persona, 'role' | 'claims'>): Promise<void> {
  const settings: Record<string, string> = {
    'request.jwt.claims': JSON.stringify(claims),
    'request.jwt.claim.sub': '',
    'request.method': 'POST',
    'request.path': '/',
    'request.headers': '{}',
    'storage.allow_delete_query': 'true',
    search_path: SEARCH_PATH,
  };
  for (const [name, value] of Object.entries(settings))
    await client.query('select pg_catalog.set_config($1, $2, true)', [name, value]);
  await client.query(`set local role ${pg.escapeIdentifier(role)}`);
}

/** Cells of one relation, with personas that fared alike together. */
class Collected {
  readonly #cells = new Map<string, Cell>();

  add({ command, row, forged }: PlannedCell, answer: Answer, persona: string): void {
    const key = JSON.stringify([command, row, forged, answer]);
    const known = this.#cells.get(key);
    if (known) known.personas.push(persona);
    else this.#cells.set(key, { command, row, forged, ...answer, personas: [persona] });
  }

  get cells(): Cell[] {
    return [...this.#cells.values()];
  }
}

function notTried(reason: string): Answer {
  return { outcome: 'not-tried', sqlstate: null, reason };
}

/** A role of the project's own is asked for what it holds any right on. */
function isAsked({ role }: Persona, { relation }: Target): boolean {
  return PLATFORM_API_ROLES.includes(role) || relation.privileges[role]?.reachable === true;
}

/** Rows newer than the transaction's start are ours. */
async function madeRows(client: pg.Client, { tables }: AccessCatalogue, since: string): Promise<string[]> {
  const statements: string[] = [];
  for (const table of tables.values()) {
    const columns = table.columns.filter(({ generated }) => !generated).map(({ name }) => name);
    if (columns.length === 0) continue;
    const name = qualified(table.schema, table.name);
    const list = columns.map(quoteIdent).join(', ');
    const { rows } = await client.query<{ values: string }>(
      `select pg_catalog.concat_ws(', ', ${columns.map((column) => `pg_catalog.quote_nullable(${quoteIdent(column)}::text)`).join(', ')}) as values
       from only ${name} where xmin::text::bigint >= $1`,
      [since],
    );
    for (const { values } of rows)
      statements.push(
        `insert into ${name} (${list}) overriding system value values (${values}) on conflict do nothing;`,
      );
  }
  return statements;
}

async function tryAll(
  context: AccessContext,
  client: pg.Client,
  planner: CellPlanner,
  targets: readonly Target[],
  personas: readonly Persona[],
): Promise<Cell[][]> {
  const collected = targets.map(() => new Collected());
  const timeouts = targets.map(() => 0);
  for (const persona of personas) {
    await client.query('savepoint persona');
    const able = PLATFORM_API_ROLES.includes(persona.role) || (await mayBecome(client, persona.role));
    if (able) await become(client, persona);
    for (const [at, target] of targets.entries()) {
      context.signal?.throwIfAborted();
      if (at % 25 === 0) context.onProgress?.(`access matrix: ${persona.name}, ${at} of ${targets.length} tables`);
      if (!isAsked(persona, target)) continue;
      for (const cell of planner.plan(target, persona)) {
        if (target.call !== undefined && cell.command !== 'select') continue;
        const late = (timeouts[at] ?? 0) >= MAX_TIMEOUTS;
        const answer =
          late || !able
            ? notTried(late ? 'other statements on it did not end in time' : 'role postgres may not become the role')
            : await ask(client, persona.role, cell);
        if (answer.sqlstate === '57014') timeouts[at] = (timeouts[at] ?? 0) + 1;
        collected[at]?.add(cell, answer, persona.name);
      }
    }
    await client.query('rollback to savepoint persona; release savepoint persona');
  }
  return collected.map(({ cells }) => cells);
}

type FunctionRow = Pick<Matrix['functions'][number], 'schema' | 'name' | 'arguments' | 'roles'> & {
  table: string | null;
};

function functionOf(
  { schema, name, arguments: args, roles }: FunctionRow,
  shows: Target | undefined,
  cells: Cell[],
): Matrix['functions'][number] {
  const table = shows ? { schema: shows.relation.schema, table: shows.relation.name } : null;
  return { schema, name, arguments: args, roles, shows: table, cells };
}

const KINDS = { r: 'table', p: 'table', v: 'view', m: 'materialized view' } as const;

/** What the matrix is made with. `live`: others work in the database, so nothing but rows is made, and no table is locked whole. */
export type AccessContext = Pick<ShadowContext, 'access' | 'signal' | 'onProgress'> & { live?: true };

/** The matrix of a database with rows in it, to be asked as often as its policies change. */
export interface AccessProbe {
  matrix(only?: (target: Target) => boolean): Promise<Matrix>;
  /** What is asked, by whom and of what. */
  questions(): AccessQuestion[];
  /** INSERT statements of the rows that were made, past triggers and foreign keys; of nobody's else. */
  rows(): Promise<string[]>;
}

export interface AccessQuestion {
  persona: Persona;
  target: Target;
  cell: PlannedCell;
}

/** Infers whose the rows of each table are; the session then looks names up as a request's does. */
export async function ownershipIn(
  client: pg.Client,
  { access }: Pick<ShadowContext, 'access'>,
  catalogue: AccessCatalogue,
): Promise<OwnershipModel> {
  await client.query(`set local search_path = ${SEARCH_PATH}`);
  return inferOwnership(catalogue, access ?? {}, await userMirrors(client, catalogue.tables));
}

/** Infers whose the rows are and makes them, in the transaction the client is in; nothing is tried yet. */
export async function prepareAccess(client: pg.Client, context: AccessContext): Promise<AccessProbe> {
  // Policies must be read with qualified names.
  await client.query(`set local search_path = ''`);
  const named = await customRoles(client);
  const roles = [...PLATFORM_API_ROLES, ...named];
  const catalogue = await readAccessCatalogue(client, roles);
  // A role of the project's own is there for a few tables; of the others nothing is to be said.
  const custom = named.filter((role) => catalogue.relations.some(({ privileges }) => privileges[role]?.reachable));
  const { rows: found } = await client.query<FunctionRow>(FUNCTIONS, [roles, PLATFORM_SCHEMAS]);
  if (catalogue.relations.every(({ schema }) => schema === 'storage'))
    return {
      matrix: async () => ({
        personas: [],
        relations: [],
        functions: found.map((fn) => functionOf(fn, undefined, [])),
      }),
      questions: () => [],
      rows: async () => [],
    };
  const model = await ownershipIn(client, context, catalogue);
  const started = await client.query<{ xid: string }>('select pg_catalog.pg_current_xact_id()::text as xid');
  const population = await populate(client, catalogue, model, context.signal, context.live !== true);
  const expires = [...model.readings.values()].some(({ texts }) => texts.has('exp'));
  const personas = personasOf(population, custom, expires);
  const targets = targetsOf(catalogue, model, population);
  const planner = new CellPlanner(model, population, context.live ? withoutRefresh(catalogue) : new Set());
  // What a function does is undone by no rollback when it asks a web server: where others work, none is called.
  const calls = found.map(({ table }) =>
    context.live ? undefined : targets.find(({ relation, bucket }) => bucket === null && relation.oid === table),
  );
  return {
    questions: () =>
      personas.flatMap((persona) =>
        targets.flatMap((target) =>
          isAsked(persona, target) ? planner.plan(target, persona).map((cell) => ({ persona, target, cell })) : [],
        ),
      ),
    rows: () => madeRows(client, catalogue, started.rows[0]?.xid ?? '0'),
    async matrix(only = () => true) {
      const asked = targets.filter(only);
      const cells = await tryAll(context, client, planner, asked, personas);
      const called = found.flatMap((fn, at): Target[] => {
        const shown = calls[at];
        return shown && asked.includes(shown) ? [{ ...shown, call: `${qualified(fn.schema, fn.name)}()` }] : [];
      });
      const shown = await tryAll(context, client, planner, called, personas);
      const functions = found.map((fn, at) => {
        const place = called.findIndex(({ call }) => call === `${qualified(fn.schema, fn.name)}()`);
        return functionOf(fn, calls[at], shown[place] ?? []);
      });
      return {
        personas: personas.map(({ name, role, who }) => ({ name, role, who })),
        relations: asked.map(({ relation, ownership, bucket }, at) => ({
          schema: relation.schema,
          table: relation.name,
          bucket,
          kind: relation.partition ? 'partition' : KINDS[relation.kind],
          ownership: {
            owner: ownership?.owner ?? null,
            tenant: ownership?.tenant ?? null,
            people: Object.fromEntries((ownership?.bound ?? []).map(({ column, claim }) => [column, claim.join('.')])),
            via: ownership?.via ?? null,
          },
          membership: ownership?.membership ?? false,
          cells: cells[at] ?? [],
        })),
        functions,
      };
    },
  };
}

/**
 * Who can read and write what, executed: every persona tries every command on its own row, one of its tenant and a foreign
 * one, of every table and view of the project and of storage.objects, in a copy of the replayed database that rows were made
 * in (population.ts). Each try is rolled back. Only outcomes are kept, never a value.
 */
export function probeAccess(context: ShadowContext): Promise<Matrix> {
  return inCopy(context, async (client) => (await prepareAccess(client, context)).matrix());
}
