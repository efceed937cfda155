import type pg from 'pg';
import type { Facts } from '../../core/facts.ts';
import { printable, qualified, quoteIdent } from '../../core/text.ts';
import { PLATFORM_SCHEMAS } from '../postgres/platform.ts';
import { type AccessCatalogue, readAccessCatalogue } from './access/catalogue.ts';
import type { OwnershipModel } from './access/ownership.ts';
import { PLATFORM_API_ROLES } from './access/personas.ts';
import { type Actor, populate } from './access/population.ts';
import { become, ownershipIn } from './access/probe.ts';
import type { ShadowContext } from './collect.ts';
import { inSession, stateOf } from './copy-session.ts';
import type { RowTable } from './rows/catalogue.ts';

type Erasure = Facts['erasureProbe'];
type Left = Erasure['left'][number];
type Refusal = Erasure['refused'][number];

/** Refusals taken out of the way before the rest is left alone. */
const MAX_REFUSALS = 40;
/** Columns in which an application keeps the address of the row's own user; `invited_email` is somebody else's. */
const OWN_EMAIL =
  /^((user|customer|contact|owner|author|sender|buyer|account|billing|member|profile)_?)?e_?mail(_?address)?$/i;
/** Tables of people who are asked in: an address there is theirs. */
const OTHERS = /(^|_)(invit(e|es|ation|ations|ed|ees?)|referrals?|shares?|guests?|contacts?|leads?)(_|$)/i;
const TEXT_TYPES = new Set(['text', 'varchar', 'citext']);

interface Person {
  id: string;
  email: string | null;
}

/** Everything the deletion is judged by, once rows are there. */
interface Inhabited {
  person: Person;
  claims: Readonly<Record<string, unknown>>;
  /** Tables of the project, and storage.objects. */
  tables: RowTable[];
  untried: Erasure['untried'];
  /** Text columns, by oid of the table, that hold the user’s id because of their name alone: it may well be another name (a GitHub owner). */
  guessed: ReadonlyMap<string, string>;
  /** Functions of the project that name auth.users and that a user may call without arguments. */
  functions: string[];
}

/** Runs within a savepoint; null, or the error PostgreSQL reported, which is then undone. */
async function refusedBy(client: pg.Client, work: () => Promise<unknown>): Promise<pg.DatabaseError | null> {
  await client.query('savepoint tried');
  try {
    await work();
    await client.query('release savepoint tried');
    return null;
  } catch (error) {
    stateOf(error);
    await client.query('rollback to savepoint tried; release savepoint tried');
    return error as pg.DatabaseError;
  }
}

/** The user's address in the columns that keep it beside the user's id. */
async function writeAddresses(
  client: pg.Client,
  { tables }: AccessCatalogue,
  model: OwnershipModel,
  actor: Actor,
  email: string,
): Promise<void> {
  for (const [oid, outcome] of actor.rows) {
    const table = tables.get(oid);
    if (!table || !('row' in outcome) || !model.tables.get(oid)?.owner || OTHERS.test(table.name)) continue;
    for (const column of table.columns) {
      if (!OWN_EMAIL.test(column.name) || !TEXT_TYPES.has(column.base) || column.generated) continue;
      await refusedBy(client, () =>
        client.query(
          `update ${qualified(table.schema, table.name)} set ${quoteIdent(column.name)} = $1 where ${outcome.row.where}`,
          [email],
        ),
      );
    }
  }
}

/** Takes the user's file out of buckets that users may not write to: what lies there the server put there. */
async function emptyForeignBuckets(client: pg.Client, actor: Actor): Promise<void> {
  await client.query(`select pg_catalog.set_config('storage.allow_delete_query', 'true', true)`);
  for (const [key, outcome] of actor.rows) {
    if (!key.startsWith('bucket:') || !('row' in outcome)) continue;
    const { fresh, where } = outcome.row;
    await client.query('savepoint upload');
    await become(client, { role: 'authenticated', claims: actor.claims });
    const names = Object.keys(fresh);
    const refused = await refusedBy(client, () =>
      client.query(
        `insert into storage.objects (${names.map(quoteIdent).join(', ')}) values (${names.map((_, at) => `$${at + 1}`).join(', ')})`,
        names.map((name) => fresh[name]),
      ),
    );
    await client.query('rollback to savepoint upload; release savepoint upload');
    if (refused) await client.query(`delete from storage.objects where ${where}`);
  }
}

async function ownFunctions(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, p.proname as name from pg_catalog.pg_proc p
     join pg_catalog.pg_namespace n on n.oid = p.pronamespace join pg_catalog.pg_language l on l.oid = p.prolang
     where p.prokind = 'f' and p.pronargs = 0 and l.lanname in ('sql', 'plpgsql') and n.nspname <> all ($1)
       and p.prorettype not in ('pg_catalog.trigger'::pg_catalog.regtype, 'pg_catalog.event_trigger'::pg_catalog.regtype)
       and pg_catalog.strpos(pg_catalog.lower(p.prosrc), 'users') > 0
       and pg_catalog.has_schema_privilege('authenticated', n.oid, 'usage')
       and pg_catalog.has_function_privilege('authenticated', p.oid, 'execute')
     order by 1, 2`,
    [PLATFORM_SCHEMAS],
  );
  return rows.map(({ schema, name }) => `${qualified(schema, name)}()`);
}

/** Makes rows of several users and keeps them; the first of these users is the one to be deleted. */
async function inhabit(client: pg.Client, context: ShadowContext): Promise<Inhabited> {
  // Policies must be read with qualified names.
  await client.query(`set local search_path = ''`);
  const catalogue = await readAccessCatalogue(client, PLATFORM_API_ROLES);
  const model = await ownershipIn(client, context, catalogue);
  const { actors } = await populate(client, catalogue, model, context.signal);
  const actor = actors.get('A');
  if (!actor) throw new Error('no user was made');
  const person: Person = { id: String(actor.claims.sub), email: String(actor.claims.email ?? '') || null };
  await client.query(`select pg_catalog.set_config('request.jwt.claims', $1, true)`, [JSON.stringify(actor.claims)]);
  if (person.email !== null) await writeAddresses(client, catalogue, model, actor, person.email);
  await emptyForeignBuckets(client, actor);
  const partitions = new Set(catalogue.relations.flatMap(({ oid, partition }) => (partition ? [oid] : [])));
  const tables = [...catalogue.tables.values()].filter(
    ({ oid, schema, name }) =>
      !partitions.has(oid) && (!PLATFORM_SCHEMAS.includes(schema) || (schema === 'storage' && name === 'objects')),
  );
  const untried = [...actor.rows].flatMap(([oid, outcome]): Erasure['untried'] => {
    const table = catalogue.tables.get(oid);
    const owned = model.tables.get(oid);
    return table && !('row' in outcome) && !owned?.withheld && (owned?.owner ?? owned?.via)
      ? [{ schema: table.schema, table: table.name, reason: outcome.reason }]
      : [];
  });
  const functions = await ownFunctions(client);
  const guessed = new Map(
    tables.flatMap(({ oid, columns }): [string, string][] => {
      const owner = model.tables.get(oid)?.owner;
      const column = columns.find(({ name }) => name === owner?.column);
      return owner?.source === 'name' && column && column.base !== 'uuid' ? [[oid, column.name]] : [];
    }),
  );
  await client.query('set constraints all immediate; commit');
  return { person, claims: actor.claims, tables, untried, guessed, functions };
}

/** Where the user's id or address stands, in whatever type: every column is read as text. */
async function search(client: pg.Client, { person, tables, guessed }: Inhabited): Promise<Left[]> {
  const found: Left[] = [];
  const ids = [person.id.toLowerCase(), person.id.toLowerCase().replaceAll('-', '')];
  for (const { oid, schema, name, columns: all } of tables) {
    const columns = all.filter((column) => guessed.get(oid) !== column.name);
    if (columns.length === 0) continue;
    const stands = (column: string, parameter: number) =>
      `coalesce(bool_or(pg_catalog.strpos(pg_catalog.lower(${quoteIdent(column)}::text), $${parameter}) > 0), false)`;
    const bucket = schema === 'storage' ? 'bucket_id' : 'null::text';
    const list = columns.map(
      (column, at) =>
        `${stands(column.name, 1)} or ${stands(column.name, 2)} as i${at}, ${stands(column.name, 3)} as e${at}`,
    );
    const { rows } = await client.query<Record<string, unknown> & { bucket: string | null }>(
      `select ${bucket} as bucket, ${list.join(', ')} from ${qualified(schema, name)} group by 1`,
      [...ids, person.email?.toLowerCase() ?? '\u0001'],
    );
    for (const row of rows) {
      const held = columns.flatMap((column, at): Left['columns'] => {
        const [id, email] = [row[`i${at}`] === true, row[`e${at}`] === true];
        return id || email ? [{ name: column.name, holds: id && email ? 'id and e-mail' : id ? 'id' : 'e-mail' }] : [];
      });
      if (held.length > 0) found.push({ schema, table: name, bucket: row.bucket, columns: held });
    }
  }
  return found;
}

async function isThere(client: pg.Client, { person }: Inhabited): Promise<boolean> {
  const { rowCount } = await client.query('select from auth.users where id = $1', [person.id]);
  return rowCount === 1;
}

/** What stays after a function of the project's that deletes the caller; null where it does not. Undone again. */
async function byFunction(client: pg.Client, inhabited: Inhabited, call: string): Promise<Left[] | null> {
  await client.query('savepoint own_way');
  try {
    const refused = await refusedBy(client, async () => {
      await become(client, { role: 'authenticated', claims: inhabited.claims });
      await client.query(`select ${call}`);
      await client.query('set local role none; set constraints all immediate');
    });
    return refused || (await isThere(client, inhabited)) ? null : await search(client, inhabited);
  } finally {
    await client.query('rollback to savepoint own_way; release savepoint own_way');
  }
}

/** Takes what refused out of the way; false where that is not to be done. */
async function clear(client: pg.Client, { schema, table, constraint, column, by }: Refusal): Promise<boolean> {
  if (by !== null || table === '') return false;
  const action =
    constraint !== null
      ? `drop constraint ${quoteIdent(constraint)}`
      : column !== null
        ? `alter column ${quoteIdent(column)} drop not null`
        : null;
  if (action === null) return false;
  return (await refusedBy(client, () => client.query(`alter table ${qualified(schema, table)} ${action}`))) === null;
}

function refusalOf(error: pg.DatabaseError): Refusal {
  // A foreign key refuses through a query of PostgreSQL's own, a function of the project's through a RAISE.
  const [innermost = ''] = (error.where ?? '').split('\n');
  const raised = /^PL\/pgSQL function (\S+)\(/.exec(innermost)?.[1];
  const isConstraint = error.table !== undefined && (error.constraint !== undefined || error.column !== undefined);
  return {
    schema: error.schema ?? '',
    table: error.table ?? '',
    constraint: error.constraint ?? null,
    column: error.constraint === undefined ? (error.column ?? null) : null,
    sqlstate: error.code ?? '',
    by: raised !== undefined && !isConstraint ? printable(raised) : null,
  };
}

/** Deletes the user as the Auth server does: as supabase_auth_admin, from auth.users. */
async function byAuthServer(
  context: ShadowContext,
  copy: Parameters<typeof inSession>[0],
  inhabited: Inhabited,
): Promise<{ refused: Refusal[]; deleted: boolean }> {
  const { signal } = context;
  const refused: Refusal[] = [];
  for (;;) {
    signal?.throwIfAborted();
    const error = await inSession(
      copy,
      'supabase_auth_admin',
      async (client) => {
        const failed = await refusedBy(client, async () => {
          await client.query('delete from auth.users where id = $1', [inhabited.person.id]);
          await client.query('set constraints all immediate');
        });
        if (!failed) await client.query('commit');
        return failed;
      },
      { signal },
    );
    if (!error) break;
    const refusal = refusalOf(error);
    refused.push(refusal);
    const cleared =
      refused.length < MAX_REFUSALS &&
      (await inSession(
        copy,
        'postgres',
        async (client) => {
          const done = await clear(client, refusal);
          await client.query('commit');
          return done;
        },
        { signal },
      ));
    if (!cleared) return { refused, deleted: false };
  }
  return { refused, deleted: true };
}

/**
 * Deletes a user in a copy of the replayed database in which every table has rows of theirs, and looks into every table of the
 * project and into storage.objects for what is left of their id and address. Where a function of the project's deletes its
 * caller, the way that leaves least counts. Nothing of any row is kept.
 */
export function probeErasure(context: ShadowContext): Promise<Erasure> {
  const { signal } = context;
  return context.onCopy(async (copy) => {
    const inhabited = await inSession(copy, 'postgres', (client) => inhabit(client, context), { signal });
    const { held, best } = await inSession(
      copy,
      'postgres',
      async (client) => {
        const before = await search(client, inhabited);
        let chosen: { way: string; left: Left[] } | null = null;
        for (const call of inhabited.functions) {
          signal?.throwIfAborted();
          const left = await byFunction(client, inhabited, call);
          if (left && (chosen === null || left.length < chosen.left.length)) chosen = { way: call, left };
        }
        return { held: before.length, best: chosen };
      },
      { signal },
    );
    const { untried } = inhabited;
    if (best?.left.length === 0) return { ...best, held, refused: [], untried };
    const { refused, deleted } = await byAuthServer(context, copy, inhabited);
    const after = deleted ? await inSession(copy, 'postgres', (client) => search(client, inhabited), { signal }) : [];
    const admin = { way: 'admin', held, refused, left: after, untried };
    if (!best) return admin;
    return refused.length > 0 || best.left.length < after.length ? { ...best, held, refused: [], untried } : admin;
  });
}
