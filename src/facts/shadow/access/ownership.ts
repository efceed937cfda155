import type { Facts } from '../../../core/facts.ts';
import type { RowConstraint, RowTable } from '../rows/catalogue.ts';
import type { AccessCatalogue, AccessRelation } from './catalogue.ts';
import { type PolicyReading, readPolicies } from './policy-reading.ts';

type Matrix = Facts['accessMatrix'];
export type Ownership = Matrix['relations'][number]['ownership'];
type OwnerColumn = NonNullable<Ownership['owner']>;

/** What access.tables of supaready.config.json or the access contract say, by `schema.table`. */
export type AccessOverrides = Readonly<
  Record<
    string,
    {
      owner?: string | null | undefined;
      tenant?: string | null | undefined;
      people?: Readonly<Record<string, string>> | undefined;
    }
  >
>;

/** A column whose value is the user's, or the tenant's, in each row made for them. */
export interface Bound {
  column: string;
  claim: readonly string[];
  /** It is an array of which the value is an element. */
  element: boolean;
}

export interface TableOwnership extends Omit<Ownership, 'people'> {
  /** Columns that hold a claim of the row's user, the owner's among them. */
  bound: Bound[];
  membership: boolean;
  /** A row of it is a privilege or a ban in itself: the personas get none. */
  withheld: boolean;
}

export interface OwnershipModel {
  /** By oid. */
  tables: ReadonlyMap<string, TableOwnership>;
  /** Tables whose rows are tenants, by oid. */
  tenants: ReadonlySet<string>;
  readings: ReadonlyMap<string, PolicyReading>;
  /** Claims other than the user's own that columns are compared with, joined by a dot, and the tenant table each points at. */
  tenantClaims: ReadonlyMap<string, readonly string[]>;
}

const OWNER_NAMES = new Set(
  (
    'user_id userid owner_id owner author_id author created_by creator_id sender_id customer_id profile_id account_id ' +
    'uploaded_by submitted_by auth_user_id uid member_id'
  ).split(' '),
);
const OWNER_TYPES = new Set(['uuid', 'text', 'varchar']);
const MEMBER_WORDS = new Set(
  'member members membership memberships participant participants collaborator collaborators subscriber subscribers seat seats enrollment enrollments attendee attendees guest guests'.split(
    ' ',
  ),
);
const TENANT_WORDS = new Set(
  'org orgs organization organizations organisation organisations tenant tenants team teams workspace workspaces company companies household households group groups clinic clinics school schools business businesses agency agencies'.split(
    ' ',
  ),
);
/** Tables in which the mere presence of a user is a power or a ban. */
const WITHHELD_WORDS = new Set(
  'admin admins administrator administrators superuser superusers superadmin superadmins staff moderator moderators operator operators employee employees blocked block blocks blocklist banned ban bans muted mutes suspension suspensions'.split(
    ' ',
  ),
);
/** Tables without a user of their own whose rows open others to everybody. */
const OPENING_WORDS = new Set('share shares shared sharing public published publication publications'.split(' '));
/** Claims of the person, not of a tenant. */
const PERSONAL_CLAIMS = new Set(['sub', 'email', 'phone']);
/** Claims that say what a caller may, not whose a row is. */
const STATE_CLAIMS = new Set('role user_role aal is_anonymous exp iat iss aud amr session_id plan'.split(' '));

const wordsOf = (name: string) => name.toLowerCase().split(/[^a-z0-9]+/);
const anyWord = (name: string, words: ReadonlySet<string>) => wordsOf(name).some((word) => words.has(word));

const foreignKeys = (table: RowTable): RowConstraint[] =>
  table.constraints.filter(({ type, columns }) => type === 'f' && columns?.length === 1);
const primaryKey = (table: RowTable): readonly string[] =>
  table.constraints.find(({ type }) => type === 'p')?.columns ?? [];

class Inference {
  readonly #tables: ReadonlyMap<string, RowTable>;
  readonly #relations: ReadonlyMap<string, AccessRelation>;
  readonly #overrides: AccessOverrides;
  readonly readings = new Map<string, PolicyReading>();
  readonly #asked = new Map<string, { column: string; claim: readonly string[] }[]>();
  readonly tenants = new Set<string>();
  readonly tenantClaims = new Map<string, readonly string[]>();
  /** Names of tenant columns that no foreign key leads from. */
  readonly #tenantNames = new Set<string>();
  readonly #oids = new Map<string, string>();

  readonly #mirrors: ReadonlySet<string>;

  constructor({ relations, tables }: AccessCatalogue, overrides: AccessOverrides, mirrors: ReadonlySet<string>) {
    this.#mirrors = mirrors;
    this.#tables = tables;
    this.#relations = new Map(relations.map((relation) => [relation.oid, relation]));
    this.#overrides = overrides;
    for (const table of tables.values()) this.#oids.set(`${table.schema}.${table.name}`, table.oid);
    for (const relation of relations) {
      const reading = readPolicies(relation.name, relation.policies);
      this.readings.set(relation.oid, reading);
      for (const { schema, table, column, claim } of reading.asked) {
        const key = `${schema}.${table}`;
        this.#asked.set(key, [...(this.#asked.get(key) ?? []), { column, claim }]);
      }
    }
  }

  /** Tables whose rows are people: auth.users, tables that share its key, and those that a sign-up writes into. */
  #isPerson(oid: string, within: readonly string[] = []): boolean {
    const table = this.#tables.get(oid);
    if (!table || within.includes(oid)) return false;
    if ((table.schema === 'auth' && table.name === 'users') || this.#mirrors.has(oid)) return true;
    const key = primaryKey(table);
    if (key.length !== 1) return false;
    const keyed = foreignKeys(table).some(
      ({ columns, target }) => columns?.[0] === key[0] && this.#isPerson(target, [...within, oid]),
    );
    const compared = this.readings
      .get(oid)
      ?.claims.some(({ column, claim }) => column === key[0] && claim.join() === 'sub');
    return keyed || compared === true;
  }

  #boundOf(table: RowTable): Bound[] {
    const people = this.#overrides[`${table.schema}.${table.name}`]?.people;
    if (people) {
      const isArray = (name: string) => table.columns.some((column) => column.name === name && column.array);
      return Object.entries(people).map(([column, claim]) => ({
        column,
        claim: claim.split('.'),
        element: isArray(column),
      }));
    }
    const reading = this.readings.get(table.oid);
    const asked = this.#asked.get(`${table.schema}.${table.name}`) ?? [];
    const bound = [
      ...(reading?.claims ?? []),
      ...asked.map(({ column, claim }) => ({ column, claim, element: false })),
    ].filter(({ claim }) => claim.length === 1 && PERSONAL_CLAIMS.has(claim[0] ?? ''));
    const known = new Set<string>();
    return bound.filter(({ column }) => !known.has(column) && known.add(column) && true);
  }

  ownerOf(table: RowTable, bound: readonly Bound[]): OwnerColumn | null {
    const override = this.#overrides[`${table.schema}.${table.name}`];
    if (override?.owner !== undefined)
      return override.owner === null
        ? null
        : { column: override.owner, source: 'config', claim: (override.people?.[override.owner] ?? 'sub').split('.') };
    const ids = bound.toSorted((a, b) => Number(b.claim[0] === 'sub') - Number(a.claim[0] === 'sub'));
    const keys = foreignKeys(table);
    // Two columns of people: the one whose name says author comes first.
    const byPolicy = ids.find(({ column }) => OWNER_NAMES.has(column.toLowerCase())) ?? ids[0];
    if (byPolicy) return { column: byPolicy.column, source: 'policy', claim: [...byPolicy.claim] };
    const people = keys.filter(({ target }) => this.#isPerson(target)).map(({ columns }) => columns?.[0] ?? '');
    const byKey = people.find((column) => OWNER_NAMES.has(column.toLowerCase())) ?? people[0];
    if (byKey) return { column: byKey, source: 'foreign key', claim: ['sub'] };
    const referring = new Set(keys.map(({ columns }) => columns?.[0]));
    const [own] = primaryKey(table);
    if (this.#mirrors.has(table.oid) && own !== undefined)
      return { column: own, source: 'primary key', claim: ['sub'] };
    const byName = table.columns.find(
      ({ name, base }) => OWNER_NAMES.has(name.toLowerCase()) && OWNER_TYPES.has(base) && !referring.has(name),
    );
    return byName ? { column: byName.name, source: 'name', claim: ['sub'] } : null;
  }

  /** A table that says who belongs to which tenant, with the column that leads there. */
  #membershipOf(table: RowTable, owner: OwnerColumn | null): { column: string; target: string | null } | null {
    if (owner === null) return null;
    const key = primaryKey(table);
    const isPersonTable = key.length === 1 && key[0] === owner.column;
    const askedFor = [...this.readings.values()].some(({ tables }) =>
      tables.some((use) => use.schema === table.schema && use.table === table.name),
    );
    const leads = foreignKeys(table).filter(
      ({ columns, target }) => columns?.[0] !== owner.column && target !== table.oid && !this.#isPerson(target),
    );
    const unique = (column: string) =>
      isPersonTable ||
      table.uniques.some(
        ({ columns }) => columns?.length === 2 && columns.includes(column) && columns.includes(owner.column),
      );
    // An organization's invites are no organization.
    const named = (target: string) => TENANT_WORDS.has(wordsOf(this.#tables.get(target)?.name ?? '').at(-1) ?? '');
    const asked = (column: string, target: string | null) =>
      [...this.readings].some(
        ([oid, { tables, asked: compared }]) =>
          // It asks for the caller's own rows there: else it is a list of something, not of members.
          compared.some(
            (use) => use.schema === table.schema && use.table === table.name && use.column === owner.column,
          ) &&
          tables.some(
            (use) =>
              use.schema === table.schema &&
              use.table === table.name &&
              use.other === column &&
              // A line that asks its own parent is no membership.
              !foreignKeys(this.#tables.get(oid) ?? table).some(
                (own) => own.target === table.oid && own.columns?.[0] === use.column,
              ) &&
              target !== table.oid,
          ),
      );
    for (const { columns, target } of leads) {
      const column = columns?.[0] ?? '';
      if (asked(column, target)) return { column, target };
      if (anyWord(table.name, MEMBER_WORDS) || (unique(column) && named(target))) return { column, target };
    }
    // Without keys: by names alone. A column that is the key itself leads to the row asked, not to a tenant.
    const itself = key.length === 1 ? key[0] : undefined;
    if (!askedFor && !anyWord(table.name, MEMBER_WORDS)) return null;
    const loose = table.columns.find(
      ({ name }) =>
        name !== owner.column &&
        name !== itself &&
        asked(name, null) &&
        !leads.some(({ columns }) => columns?.[0] === name),
    );
    const spoken = table.columns.find(
      ({ name }) => name !== owner.column && /_id$/i.test(name) && anyWord(name.replace(/_id$/i, ''), TENANT_WORDS),
    );
    const column = loose ?? spoken;
    if (!column) return null;
    const stem = column.name.replace(/_id$/i, '');
    const target = this.#oids.get(`${table.schema}.${stem}s`) ?? this.#oids.get(`${table.schema}.${stem}`) ?? null;
    return { column: column.name, target };
  }

  tenantOf(table: RowTable, owner: OwnerColumn | null): OwnerColumn | null {
    const override = this.#overrides[`${table.schema}.${table.name}`];
    if (override?.tenant !== undefined)
      return override.tenant === null ? null : { column: override.tenant, source: 'config', claim: null };
    const byClaim = this.readings.get(table.oid)?.claims.find(({ claim }) => this.tenantClaims.has(claim.join('.')));
    if (byClaim) return { column: byClaim.column, source: 'policy', claim: [...byClaim.claim] };
    if (this.tenants.has(table.oid)) {
      const [key] = primaryKey(table);
      if (key !== undefined) return { column: key, source: 'primary key', claim: null };
    }
    const keys = foreignKeys(table).filter(({ columns }) => columns?.[0] !== owner?.column);
    const byKey = keys.find(({ target }) => this.tenants.has(target));
    if (byKey?.columns?.[0]) return { column: byKey.columns[0], source: 'foreign key', claim: null };
    const byUse = this.readings
      .get(table.oid)
      ?.tables.find(({ column, other }) => this.#tenantNames.has(other) && column !== owner?.column);
    if (byUse) return { column: byUse.column, source: 'policy', claim: null };
    const byName = table.columns.find(({ name }) => this.#tenantNames.has(name) && name !== owner?.column);
    return byName ? { column: byName.name, source: 'name', claim: null } : null;
  }

  infer(): OwnershipModel {
    const relations = [...this.#relations.values()];
    const owned = new Map<
      string,
      { table: RowTable; bound: Bound[]; owner: OwnerColumn | null; membership: boolean }
    >();
    for (const { oid } of relations) {
      const table = this.#tables.get(oid);
      if (!table) continue;
      const bound = this.#boundOf(table);
      const owner = this.ownerOf(table, bound);
      for (const { claim, column } of this.readings.get(oid)?.claims ?? []) {
        const last = claim.at(-1) ?? '';
        if (claim.length === 0 || PERSONAL_CLAIMS.has(last) || STATE_CLAIMS.has(last)) continue;
        this.tenantClaims.set(claim.join('.'), claim);
        const target = foreignKeys(table).find(({ columns }) => columns?.[0] === column)?.target;
        if (target !== undefined) this.tenants.add(target);
        else this.#tenantNames.add(column);
      }
      const member = this.#membershipOf(table, owner);
      if (member) {
        if (member.target !== null) this.tenants.add(member.target);
        this.#tenantNames.add(member.column);
      }
      if (owner && !bound.some(({ column }) => column === owner.column))
        bound.push({ column: owner.column, claim: owner.claim ?? ['sub'], element: false });
      owned.set(oid, { table, bound, owner, membership: member !== null });
    }
    const found = new Map<string, TableOwnership>();
    for (const [oid, { table, bound, owner, membership }] of owned) {
      found.set(oid, {
        owner,
        tenant: this.tenantOf(table, owner),
        via: null,
        bound,
        membership,
        withheld:
          !membership && !this.tenants.has(oid) && anyWord(table.name, owner === null ? OPENING_WORDS : WITHHELD_WORDS),
      });
    }
    const people = this.#oids.get('auth.users');
    if (people !== undefined)
      found.set(people, {
        owner: { column: 'id', source: 'primary key', claim: ['sub'] },
        tenant: null,
        via: null,
        bound: [],
        membership: false,
        withheld: false,
      });
    this.#lead(found);
    return { tables: found, tenants: this.tenants, readings: this.readings, tenantClaims: this.tenantClaims };
  }

  /** Tables that belong to somebody through a foreign key: an order's lines. */
  #lead(found: Map<string, TableOwnership>): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const [oid, ownership] of found) {
        if (ownership.owner || ownership.tenant || ownership.via) continue;
        const table = this.#tables.get(oid);
        const key = table && foreignKeys(table).find(({ target }) => target !== oid && isOwned(found.get(target)));
        const target = key && this.#tables.get(key.target);
        const asked = this.readings
          .get(oid)
          ?.tables.find((use) => isOwned(found.get(this.#oids.get(`${use.schema}.${use.table}`) ?? '')));
        if (key?.columns?.[0] && target)
          ownership.via = { column: key.columns[0], schema: target.schema, table: target.name };
        else if (asked) ownership.via = { column: asked.column, schema: asked.schema, table: asked.table };
        else continue;
        changed = true;
      }
    }
  }
}

function isOwned(ownership: TableOwnership | undefined): boolean {
  return ownership !== undefined && (ownership.owner !== null || ownership.tenant !== null || ownership.via !== null);
}

/**
 * Whose the rows of each table are: columns that policies compare with the caller's claims, foreign keys to users and to
 * tenants (found by membership tables and claims), columns' names; surest first. Overrides come before all. `mirrors` are
 * tables (by oid) in which a sign-up leaves a row of the user's id, without a foreign key that says so.
 */
export function inferOwnership(
  catalogue: AccessCatalogue,
  overrides: AccessOverrides,
  mirrors: ReadonlySet<string>,
): OwnershipModel {
  return new Inference(catalogue, overrides, mirrors).infer();
}
