import type { Column, Constraint, Facts, Index, Policy, Relation, Row, Trigger } from '../../../core/facts.ts';
import { quoteIdent } from '../../../core/text.ts';
import {
  columnsByTable,
  constraintsByTable,
  groupBy,
  indexesByTable,
  keyOf,
  policiesByTable,
  relationsByKey,
  triggersByTable,
} from '../tables.ts';
import { isProject } from './platform.ts';

/** The catalogue facets of one database. Null where a service is not there, or could not be read. */
export type Catalogue = Omit<Facts['shadowCatalogue'], 'replay'>;

/** The role that the migrations' statements run as in a replay, and on hosted Supabase. */
const MIGRATIONS_ROLE = 'postgres';

type CommentKind = Row<'comments'>['kind'];

/** One database of the two that are compared, with its indexes. */
export class Side {
  readonly catalogue: Catalogue;
  readonly isLive: boolean;
  /** The role that owns what the migrations make. */
  readonly deployRole: string;
  /** Privilege letters that one of the two servers does not know. */
  readonly ignoredLetters: ReadonlySet<string>;
  readonly #columns: ReadonlyMap<string, readonly Column[]>;
  readonly #constraints: ReadonlyMap<string, readonly Constraint[]>;
  readonly #indexes: ReadonlyMap<string, readonly Index[]>;
  readonly #policies: ReadonlyMap<string, readonly Policy[]>;
  readonly #triggers: ReadonlyMap<string, readonly Trigger[]>;
  readonly #relations: ReadonlyMap<string, Relation>;
  readonly #rules: ReadonlyMap<string, readonly Row<'rules'>[]>;
  readonly #comments: ReadonlyMap<string, string>;
  readonly #sequencesOfTable: ReadonlyMap<string, readonly Row<'sequences'>[]>;
  readonly #views: ReadonlyMap<string, string>;

  constructor(catalogue: Catalogue, isLive: boolean, deployRole: string, ignoredLetters: ReadonlySet<string>) {
    this.catalogue = catalogue;
    this.isLive = isLive;
    this.deployRole = deployRole;
    this.ignoredLetters = ignoredLetters;
    this.#columns = columnsByTable(catalogue.columns);
    this.#constraints = constraintsByTable(catalogue.constraints);
    this.#indexes = indexesByTable(catalogue.indexes);
    this.#policies = policiesByTable(catalogue.policies);
    this.#triggers = triggersByTable(catalogue.triggers);
    this.#relations = relationsByKey(catalogue.relations);
    this.#rules = groupBy(catalogue.rules, (rule) => keyOf(rule.schema, rule.table));
    this.#comments = new Map(
      catalogue.comments.map((row) => [commentKey(row.kind, row.schema, row.table, row.name), row.comment]),
    );
    this.#sequencesOfTable = groupBy(
      catalogue.sequences.filter(({ tie }) => tie !== 'free'),
      ({ column }) => (column === null ? '' : keyOf(column.schema, column.table)),
    );
    this.#views = new Map(catalogue.views.map((view) => [keyOf(view.schema, view.name), view.definition]));
  }

  get major(): number {
    return Math.floor(this.catalogue.serverVersionNum / 10_000);
  }

  relation(schema: string, name: string): Relation | undefined {
    return this.#relations.get(keyOf(schema, name));
  }

  columnsOf(schema: string, name: string): readonly Column[] {
    return this.#columns.get(keyOf(schema, name)) ?? [];
  }

  constraintsOf(schema: string, name: string): readonly Constraint[] {
    return this.#constraints.get(keyOf(schema, name)) ?? [];
  }

  indexesOf(schema: string, name: string): readonly Index[] {
    return this.#indexes.get(keyOf(schema, name)) ?? [];
  }

  policiesOf(schema: string, name: string): readonly Policy[] {
    return this.#policies.get(keyOf(schema, name)) ?? [];
  }

  triggersOf(schema: string, name: string): readonly Trigger[] {
    return this.#triggers.get(keyOf(schema, name)) ?? [];
  }

  rulesOf(schema: string, name: string): readonly Row<'rules'>[] {
    return this.#rules.get(keyOf(schema, name)) ?? [];
  }

  /** Sequences behind the identity and serial columns of a table. */
  sequencesOf(schema: string, name: string): readonly Row<'sequences'>[] {
    return this.#sequencesOfTable.get(keyOf(schema, name)) ?? [];
  }

  /** The sequence behind an identity column. */
  identityOf(schema: string, table: string, column: string): Row<'sequences'> | undefined {
    return this.sequencesOf(schema, table).find(
      (sequence) => sequence.tie === 'identity' && sequence.column?.column === column,
    );
  }

  viewDefinition(schema: string, name: string): string | null {
    return this.#views.get(keyOf(schema, name)) ?? null;
  }

  comment(kind: CommentKind, schema: string | null, table: string | null, name: string): string | null {
    return this.#comments.get(commentKey(kind, schema, table, name)) ?? null;
  }

  /** True where the relation is there and the project’s own, not Supabase’s, an extension’s or a migration tool’s. */
  isOwn(schema: string, name: string): boolean {
    const relation = this.relation(schema, name);
    return relation !== undefined && isProject('relation', relation);
  }

  /** A role by the name both sides use for it. */
  role(name: string): string {
    return name === this.deployRole ? MIGRATIONS_ROLE : name;
  }

  /** A role as this database calls it, quoted. */
  sqlRole(name: string): string {
    return quoteIdent(name === MIGRATIONS_ROLE ? this.deployRole : name);
  }
}

function commentKey(kind: string, schema: string | null, table: string | null, name: string): string {
  return [kind, schema ?? '', table ?? '', name].join('\u0000');
}

/**
 * The role that owns in the live database what role `postgres` owns in the replay: `postgres` itself, unless it owns none
 * of it and another owns most (a server that is not Supabase's, set up by its administrator).
 */
function deployRoleOf(live: Catalogue, migrations: Catalogue): string {
  const owners = new Map<string, number>();
  const relations = relationsByKey(live.relations);
  for (const { schema, name, owner } of migrations.relations) {
    if (owner !== MIGRATIONS_ROLE) continue;
    const twin = relations.get(keyOf(schema, name));
    if (twin) owners.set(twin.owner, (owners.get(twin.owner) ?? 0) + 1);
  }
  const [most] = [...owners].sort((a, b) => b[1] - a[1]);
  const all = [...owners.values()].reduce((sum, count) => sum + count, 0);
  return most !== undefined && !owners.has(MIGRATIONS_ROLE) && most[1] > all / 2 ? most[0] : MIGRATIONS_ROLE;
}

/** MAINTAIN came with PostgreSQL 17: a default ACL holds it there and not before. */
const MAINTAIN_SINCE = 170_000;

/** Both databases, ready to be compared. */
export function pairOf(live: Catalogue, migrations: Catalogue): { live: Side; migrations: Side } {
  const old = Math.min(live.serverVersionNum, migrations.serverVersionNum) < MAINTAIN_SINCE;
  const ignored = new Set(old ? ['m'] : []);
  return {
    live: new Side(live, true, deployRoleOf(live, migrations), ignored),
    migrations: new Side(migrations, false, MIGRATIONS_ROLE, ignored),
  };
}
