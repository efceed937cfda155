import type pg from 'pg';
import type { Collected, Facts } from '../../core/facts.ts';
import { qualified, quoteIdent, quoteLiteral } from '../../core/text.ts';
import type { Session } from './sessions.ts';

type Tried = Facts['accessMatrix']['relations'][number];

/** A row that is there, told apart from others by columns that a request can name. */
export interface FoundRow {
  where: Readonly<Record<string, string | null>>;
  /** What says whose it is: owner, tenant and the way to its parent. */
  says: Readonly<Record<string, string | null>>;
}
export type Found = FoundRow | { reason: string };

const MAX_DEPTH = 3;

function all<N extends 'constraints' | 'columns'>(facts: Collected, name: N): Facts[N] {
  const fact = facts[name];
  return (fact?.status === 'ok' ? fact.value : []) as Facts[N];
}

/** Finds rows by whose they are, in the live database and read-only; of a row no more than its key and its owner is read. */
export class RowFinder {
  readonly #client: pg.Client;
  readonly #facts: Collected;
  readonly #relations: readonly Tried[];
  readonly #tenants = new Map<string, readonly string[]>();

  constructor(client: pg.Client, facts: Collected, { relations }: Facts['accessMatrix']) {
    this.#client = client;
    this.#facts = facts;
    this.#relations = relations;
  }

  /** Of a row that belongs to the user, or that is somebody else’s in another tenant. */
  async find(tried: Tried, user: Session, row: 'own' | 'foreign'): Promise<Found> {
    const condition = await this.#condition(tried, user, row, 0);
    if (condition === null) return { reason: 'whose its rows are cannot be asked of the live database' };
    return this.#row(
      tried,
      condition,
      row === 'own' ? 'the test user has no row in it' : 'nobody else has a row in it',
    );
  }

  /** Of any row; `owned`: of somebody. */
  async any(tried: Tried): Promise<Found> {
    const columns = this.#saying(tried);
    const owned =
      columns.length === 0 ? 'true' : columns.map((column) => `${quoteIdent(column)} is not null`).join(' or ');
    return this.#row(tried, owned, 'it has no row');
  }

  /** Ids of the tenants the user belongs to, by every membership table. */
  async #tenantsOf(user: Session): Promise<readonly string[]> {
    const known = this.#tenants.get(user.id);
    if (known) return known;
    const ids: string[] = [];
    for (const { schema, table, ownership, membership } of this.#relations) {
      const { owner, tenant } = ownership;
      if (!membership || !owner || !tenant) continue;
      const { rows } = await this.#client.query<{ id: string | null }>(
        `select ${quoteIdent(tenant.column)}::text as id from ${qualified(schema, table)} where ${quoteIdent(owner.column)}::text = $1 limit 200`,
        [this.#claim(user, owner.claim)],
      );
      ids.push(...rows.flatMap(({ id }) => id ?? []));
    }
    this.#tenants.set(user.id, ids);
    return ids;
  }

  #claim(user: Session, claim: readonly string[] | null): string {
    return claim?.join('.') === 'email' ? user.email : user.id;
  }

  /** Whoever shares a tenant with the user, as a sub-select each. */
  #colleagues(tenants: readonly string[]): string[] {
    return this.#relations.flatMap(({ schema, table, ownership, membership }) =>
      membership && ownership.owner && ownership.tenant && tenants.length > 0
        ? [
            `select m.${quoteIdent(ownership.owner.column)}::text from ${qualified(schema, table)} m where m.${quoteIdent(ownership.tenant.column)}::text in (${tenants.map(quoteLiteral).join(', ')}) and m.${quoteIdent(ownership.owner.column)} is not null`,
          ]
        : [],
    );
  }

  async #condition(tried: Tried, user: Session, row: 'own' | 'foreign', depth: number): Promise<string | null> {
    const { owner, tenant, via } = tried.ownership;
    if ([owner, tenant].some((entry) => entry && this.#isArray(tried, entry.column))) return null;
    const tenants = await this.#tenantsOf(user);
    if (owner) {
      const column = `${quoteIdent(owner.column)}::text`;
      const me = quoteLiteral(this.#claim(user, owner.claim));
      if (row === 'own') return `${column} = ${me}`;
      const others = this.#colleagues(tenants).map((colleagues) => `${column} not in (${colleagues})`);
      return [`${column} <> ${me}`, ...others, ...this.#notIn(tenant?.column, tenants)].join(' and ');
    }
    if (tenant) {
      if (tenant.claim !== null) return null;
      if (row === 'foreign')
        return [`${quoteIdent(tenant.column)} is not null`, ...this.#notIn(tenant.column, tenants)].join(' and ');
      return tenants.length === 0
        ? 'false'
        : `${quoteIdent(tenant.column)}::text in (${tenants.map(quoteLiteral).join(', ')})`;
    }
    if (!via || depth >= MAX_DEPTH) return null;
    const parent = this.#relations.find(({ schema, table }) => schema === via.schema && table === via.table);
    const [key, ...more] = this.#key(via.schema, via.table);
    const inner = parent && (await this.#condition(parent, user, row, depth + 1));
    if (!inner || key === undefined || more.length > 0) return null;
    return `${quoteIdent(via.column)}::text in (select ${quoteIdent(key)}::text from ${qualified(via.schema, via.table)} where ${inner})`;
  }

  #notIn(column: string | undefined, values: readonly string[]): string[] {
    return column === undefined || values.length === 0
      ? []
      : [`${quoteIdent(column)}::text not in (${values.map(quoteLiteral).join(', ')})`];
  }

  #isArray(tried: Tried, name: string): boolean {
    return this.#column(tried, name)?.type.endsWith('[]') ?? false;
  }

  #column({ schema, table }: Tried, name: string): Facts['columns'][number] | undefined {
    return all(this.#facts, 'columns').find(
      (one) => one.schema === schema && one.relation === table && one.name === name,
    );
  }

  #key(schema: string, table: string): readonly string[] {
    const key = all(this.#facts, 'constraints').find(
      (one) => one.schema === schema && one.table === table && one.type === 'p',
    );
    return key?.columns ?? [];
  }

  #saying({ ownership: { owner, tenant, via } }: Tried): string[] {
    return [...new Set([owner, tenant, via].flatMap((entry) => (entry ? [entry.column] : [])))];
  }

  async #row(tried: Tried, condition: string, none: string): Promise<Found> {
    const { schema, table } = tried;
    const says = this.#saying(tried);
    if (!says.every((name) => this.#column(tried, name))) return { reason: 'it does not show whose its rows are' };
    const key = this.#key(schema, table);
    const named = key.length > 0 ? key : says.slice(0, 1);
    if (named.length === 0 && says.length > 0) return { reason: 'none of its columns tells its rows apart' };
    const columns = [...new Set([...named, ...says])];
    const list = columns.map((name, at) => `${quoteIdent(name)}::text as c${at}`).join(', ') || 'true as row';
    const { rows } = await this.#client.query<Record<string, string | null>>(
      `select ${list} from ${qualified(schema, table)} where ${condition} limit 1`,
    );
    const [found] = rows;
    if (!found) return { reason: none };
    const pick = (names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [name, found[`c${columns.indexOf(name)}`] ?? null]));
    return { where: pick(named), says: pick(says) };
  }
}
