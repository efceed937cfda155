import type pg from 'pg';
import { grants } from '../../core/acl.ts';
import type { Collected, Facts } from '../../core/facts.ts';
import { qualified } from '../../core/text.ts';
import { assertAnswered } from './answer.ts';
import { type ApiAnswer, type ApiQuestion, askApi, UNDOING_POSTGREST } from './cells.ts';
import { ApiError, type ApiTarget, apiClient, originOf, postgrestMajor } from './client.ts';
import { type Found, type FoundRow, RowFinder } from './rows.ts';
import type { Session, Sessions } from './sessions.ts';

type Access = Facts['httpAccess'];
type Cell = Access['relations'][number]['cells'][number];
type Tried = Facts['accessMatrix']['relations'][number];
type Row = Cell['row'];

export interface AccessOptions {
  target: ApiTarget;
  facts: Collected;
  sessions: Sessions;
  /** The live database, read-only: to know which rows are whose. */
  database: pg.Client;
  /** Null where changes may be tried; else why not. */
  withheld: string | null;
  signal?: AbortSignal | undefined;
  onProgress?: ((label: string) => void) | undefined;
}

/** Types that a request sets to what they are, written as text. */
const PLAIN = /^(text|character varying|uuid|integer|bigint|smallint|numeric|boolean|date|timestamp)/;

class Prober {
  readonly #options: AccessOptions;
  readonly #rows: RowFinder;
  readonly #anon: Awaited<ReturnType<typeof apiClient>>;
  readonly writes: boolean;
  /** Rows that were written after all, in words. */
  readonly left: string[] = [];

  constructor(
    options: AccessOptions,
    matrix: Facts['accessMatrix'],
    anon: Awaited<ReturnType<typeof apiClient>>,
    writes: boolean,
  ) {
    this.#options = options;
    this.#rows = new RowFinder(options.database, options.facts, matrix);
    this.#anon = anon;
    this.writes = writes;
  }

  async relation(tried: Tried): Promise<Cell[]> {
    const { owner, tenant, via } = tried.ownership;
    const owned = owner !== null || tenant !== null || via !== null;
    const cells: Cell[] = [];
    cells.push(
      ...(await this.#cells(tried, null, owned ? 'foreign' : 'any', await this.#found(() => this.#rows.any(tried)))),
    );
    for (const user of this.#options.sessions.users) {
      for (const row of owned ? (['own', 'foreign'] as const) : (['any'] as const)) {
        const found = await this.#found(() =>
          row === 'any' ? this.#rows.any(tried) : this.#rows.find(tried, user, row),
        );
        cells.push(...(await this.#cells(tried, user, row, found)));
      }
    }
    return cells;
  }

  /** A database that does not let us look is a reason, and so is a statement that takes too long. */
  async #found(look: () => Promise<Found>): Promise<Found> {
    try {
      return await look();
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      const code = (error as { code?: unknown }).code;
      if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) throw error;
      return { reason: `its rows cannot be looked up in the live database (${code})` };
    }
  }

  async #cells(tried: Tried, user: Session | null, row: Row, found: Found): Promise<Cell[]> {
    const persona = user?.name ?? 'anon';
    const cells: Cell[] = [];
    const commands = this.writes ? (['select', 'insert', 'update', 'delete'] as const) : (['select'] as const);
    for (const command of commands) {
      const base = { persona, command, row } as const;
      const question = 'reason' in found ? found : this.#question(tried, command, found);
      if ('reason' in question) {
        cells.push({ ...base, outcome: 'not-tried', status: 0, code: null, reason: question.reason });
        continue;
      }
      const client = user?.client ?? this.#anon;
      const { outcome, status, code, wrote }: ApiAnswer = await askApi(client, question, {
        check: (returned) => assertAnswered(this.#options.target, returned),
      });
      // Which row it is the API does not say to whoever may not read it: so that a person must look.
      if (wrote)
        this.left.push(`a row that the probe wrote into ${qualified(tried.schema, tried.table)} as ${persona}`);
      cells.push({ ...base, outcome, status, code, reason: wrote ? 'the row was really written' : null });
    }
    return cells;
  }

  #question(tried: Tried, command: Cell['command'], { where, says }: FoundRow): ApiQuestion | { reason: string } {
    const { schema, table } = tried;
    const base = { schema, table, command, where };
    if (command === 'select') return { ...base, values: {} };
    if (tried.kind !== 'table') return { reason: 'changes are tried on tables only' };
    if (command === 'delete') return { ...base, values: {} };
    return command === 'insert' ? this.#insertion(tried, says) : this.#change(tried, where);
  }

  /** A new row that PostgreSQL refuses only after privileges and policies have let it pass: it leaves out what must be there. */
  #insertion({ schema, table }: Tried, says: FoundRow['says']): ApiQuestion | { reason: string } {
    const { facts } = this.#options;
    const triggers = facts.triggers?.status === 'ok' ? facts.triggers.value : null;
    if (
      !triggers ||
      triggers.some((one) => one.schema === schema && one.table === table && /\bINSERT\b/.test(one.definition))
    )
      return { reason: 'a trigger may fill in what is left out, and the row would be written' };
    const policies = facts.policies?.status === 'ok' ? facts.policies.value : [];
    const asked = policies
      .filter((one) => one.schema === schema && one.table === table)
      .map(({ using, check }) => `${using} ${check}`)
      .join(' ');
    const column = this.#columns(schema, table).find(
      ({ name, notNull, identity, generated }) =>
        notNull && identity === '' && generated === '' && !(name in says) && !asked.includes(name),
    );
    if (!column) return { reason: 'every column may be left out: the row would be written' };
    return { schema, table, command: 'insert', where: {}, values: { ...says, [column.name]: null } };
  }

  /** Sets a column that is neither key nor owner to NULL or itself; the API undoes it. */
  #change({ schema, table, ownership }: Tried, where: FoundRow['where']): ApiQuestion | { reason: string } {
    const says = [ownership.owner, ownership.tenant, ownership.via].flatMap((entry) => (entry ? [entry.column] : []));
    const relation = this.#options.facts.relations;
    const acl =
      relation?.status === 'ok'
        ? (relation.value.find((one) => one.schema === schema && one.name === table)?.acl ?? [])
        : [];
    const who = new Set(['anon', 'authenticated', 'public']);
    const columns = this.#columns(schema, table).filter(
      ({ name, type, notNull, identity, generated }) =>
        PLAIN.test(type) && !notNull && identity === '' && generated === '' && !(name in where) && !says.includes(name),
    );
    const column =
      columns.find(({ acl: own }) => grants(acl, 'update', who) || grants(own ?? [], 'update', who)) ?? columns[0];
    if (!column) return { reason: 'it has no column that could be left empty' };
    return { schema, table, command: 'update', where, values: { [column.name]: null } };
  }

  #columns(schema: string, table: string): Facts['columns'] {
    const fact = this.#options.facts.columns;
    return fact?.status === 'ok' ? fact.value.filter((one) => one.schema === schema && one.relation === table) : [];
  }
}

async function whyNoWrites({ target, withheld, signal }: AccessOptions): Promise<string | null> {
  if (withheld !== null) return withheld;
  const major = await postgrestMajor(target, signal);
  if (major === null)
    return 'the version of PostgREST is not known; its root tells it to the secret key (api.secretKey)';
  return major < UNDOING_POSTGREST
    ? `PostgREST ${major} cannot undo a change it was asked to make; version ${UNDOING_POSTGREST} can`
    : null;
}

/**
 * Asks the API, as a visitor and as each test user, for rows of the user’s own and of others, table by table. Where changes
 * may be tried, they are such that the API undoes them or PostgreSQL refuses them in the end.
 * Throws ApiError where there is nothing to go by or nobody answers, and the signal's reason.
 */
export async function collectAccess(options: AccessOptions): Promise<Access> {
  const { target, facts, sessions, signal, onProgress } = options;
  const { accessMatrix } = facts;
  if (accessMatrix?.status !== 'ok')
    throw new ApiError(
      accessMatrix?.status ?? 'absent',
      `nobody says whose the rows are: ${accessMatrix?.reason ?? 'the access matrix was not tried'}`,
    );
  const served = new Set(
    facts.database?.status === 'ok' ? (facts.database.value.exposedSchemas?.schemas ?? ['public']) : ['public'],
  );
  const matrix = accessMatrix.value;
  const relations = matrix.relations.filter(
    ({ schema, kind, bucket }) => served.has(schema) && bucket === null && kind !== 'partition',
  );
  const writes = await whyNoWrites(options);
  const anon = await apiClient(target, target.publishableKey, { signal });
  const prober = new Prober(options, matrix, anon, writes === null);
  const tried: Access['relations'] = [];
  for (const [at, relation] of relations.entries()) {
    signal?.throwIfAborted();
    if (at % 10 === 0) onProgress?.(`the API as users: ${at} of ${relations.length} tables`);
    tried.push({ schema: relation.schema, table: relation.table, cells: await prober.relation(relation) });
  }
  return {
    origin: originOf(target),
    personas: ['anon', ...sessions.users.map(({ name }) => name)],
    writes,
    relations: tried,
    left: prober.left,
  };
}
