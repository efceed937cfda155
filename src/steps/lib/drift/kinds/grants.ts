import type { Column, FunctionFact, Relation, Row } from '../../../../core/facts.ts';
import { objectRef } from '../../../../core/object.ts';
import { qualified, quoteIdent } from '../../../../core/text.ts';
import { grantTarget } from '../ddl/function.ts';
import { sequenceName } from '../ddl/sequence.ts';
import type { Aspect, Kind } from '../model.ts';
import { PLATFORM_ROLES, REQUEST_ROLES } from '../platform.ts';
import {
  givesMore,
  onlyFor,
  type Privileges,
  privilegeDifference,
  privilegeStatements,
  privilegesOf,
} from '../privileges.ts';
import {
  comparableDefaults,
  isRegimeGrant,
  type RegimeMistake,
  type ReplayRegime,
  withoutRegimeGrants,
} from '../regime.ts';
import type { Side } from '../side.ts';
import { columns } from './column.ts';
import { functions } from './function.ts';
import { relationRef, relations } from './relation.ts';
import { sequences } from './sequence.ts';
import { types } from './type.ts';

/* Who may do what: grants on every kind of object that has them, and what objects made later will be granted. */

interface Granted {
  acl: readonly string[];
  owner: string;
}

function follows(live: Privileges, migrations: Privileges): string {
  return givesMore(live, migrations)
    ? 'somebody may do here what the reviewed migrations do not allow'
    : 'what works in a database built from the migrations is refused here';
}

/** An aspect over a row's grants; `acls` may take out of both what is not to be compared. */
function grantsAspect<R>(
  targetOf: (row: R) => string,
  of: (row: R) => Granted,
  acls: (live: R, migrations: R) => [readonly string[], readonly string[]] = (live, migrations) => [
    of(live).acl,
    of(migrations).acl,
  ],
  only: ReadonlySet<string> | null = null,
): Aspect<R> {
  const privileges = (row: R, acl: readonly string[], side: Side) => {
    const all = privilegesOf(acl, of(row).owner, side);
    return only === null ? all : onlyFor(all, only);
  };
  return {
    name: 'grants',
    severity: 'blocker',
    follows(live, migrations, pair) {
      const [a, b] = acls(live, migrations);
      return follows(privileges(live, a, pair.live), privileges(migrations, b, pair.migrations));
    },
    compare(live, migrations, pair) {
      // A change of owner carries the grants with it, and is told as such.
      if (only === null && pair.live.role(of(live).owner) !== pair.migrations.role(of(migrations).owner)) return null;
      const [a, b] = acls(live, migrations);
      if (a.length === b.length && a.every((item, at) => item === b[at]) && of(live).owner === of(migrations).owner)
        return null;
      return privilegeDifference(privileges(live, a, pair.live), privileges(migrations, b, pair.migrations));
    },
    change(from, to, direction) {
      const [a, b] = acls(from, to);
      return privilegeStatements({
        target: targetOf(from),
        have: privileges(from, a, direction.from),
        want: privileges(to, b, direction.to),
        owner: direction.from.role(of(from).owner),
        side: direction.from,
      });
    },
  };
}

/** Grants of a kind whose objects another kind compares. */
function grantsOf<R>(kind: Kind<R>, aspect: Aspect<R>): Kind<R> {
  return {
    id: `grants on ${kind.id}`,
    rows: kind.rows,
    key: kind.key,
    object: kind.object,
    ...(kind.whole && { whole: kind.whole }),
    aspects: [aspect],
    presence: null,
    create: () => [],
    drop: () => [],
  };
}

function inPublic<R extends { schema: string; acl: readonly string[] }>(
  kind: 'tables' | 'sequences' | 'functions',
  mistakes: readonly RegimeMistake[],
): (live: R, migrations: R) => [readonly string[], readonly string[]] {
  return (live, migrations) =>
    live.schema === 'public' && isRegimeGrant(mistakes, kind, live.acl, migrations.acl)
      ? [withoutRegimeGrants(live.acl, kind), withoutRegimeGrants(migrations.acl, kind)]
      : [live.acl, migrations.acl];
}

/** Column grants. */
const columnGrants: Kind<Column> = {
  id: 'grants on column',
  rows: (side) =>
    side.catalogue.relations
      .filter((relation) => side.isOwn(relation.schema, relation.name))
      .flatMap(({ schema, name }) => side.columnsOf(schema, name)),
  key: columns.key,
  object: columns.object,
  aspects: [
    {
      name: 'grants',
      severity: 'blocker',
      compare: (live, migrations, pair) =>
        live.acl === null && migrations.acl === null
          ? null
          : privilegeDifference(
              privilegesOf(live.acl ?? [], null, pair.live),
              privilegesOf(migrations.acl ?? [], null, pair.migrations),
            ),
      follows: 'a column grant holds whatever the table’s own grants say',
      change: (from, to, direction) =>
        privilegeStatements({
          target: `table ${qualified(from.schema, from.relation)}`,
          have: privilegesOf(from.acl ?? [], null, direction.from),
          want: privilegesOf(to.acl ?? [], null, direction.to),
          owner: null,
          side: direction.from,
          column: quoteIdent(from.name),
        }),
    },
  ],
  presence: null,
  create: () => [],
  drop: () => [],
};

type Schema = Row<'schemas'>;

const schemaGrants: Kind<Schema> = {
  id: 'grants on schema',
  rows: (side) =>
    side.catalogue.schemas.filter(
      (row) =>
        row.extension === null &&
        !row.platform &&
        !row.name.startsWith('pg_') &&
        row.name !== 'information_schema' &&
        row.name !== 'public',
    ),
  key: (row) => row.name,
  object: (row) => objectRef('schema', null, row.name),
  aspects: [
    grantsAspect<Schema>(
      (row) => `schema ${quoteIdent(row.name)}`,
      (row) => row,
    ),
  ],
  presence: null,
  create: () => [],
  drop: () => [],
};

/** Its owner’s own rights depend on the age of the project, those of requests do not. */
const publicGrants: Kind<Schema> = {
  ...schemaGrants,
  id: 'grants on public',
  rows: (side) => side.catalogue.schemas.filter((row) => row.name === 'public'),
  aspects: [
    grantsAspect<Schema>(
      () => 'schema public',
      (row) => row,
      undefined,
      new Set([...REQUEST_ROLES, 'service_role']),
    ),
  ],
};

type DefaultAcl = Row<'defaultAcls'>;

const defaultTarget = (row: DefaultAcl, side: Side) =>
  `alter default privileges for role ${side.sqlRole(side.role(row.owner))}${row.schema === null ? '' : ` in schema ${quoteIdent(row.schema)}`} `;

/** What an entry that is not there stands for: within a schema nothing, else PostgreSQL’s own defaults. */
function absentDefault(row: DefaultAcl): readonly string[] {
  if (row.schema !== null) return [];
  const owner = row.owner.replaceAll('"', '""');
  const own = {
    tables: 'arwdDxtm',
    sequences: 'rwU',
    functions: 'X',
    types: 'U',
    schemas: 'UC',
    'large objects': 'rw',
  };
  const everybody = row.objects === 'functions' ? ['=X/x'] : row.objects === 'types' ? ['=U/x'] : [];
  return [`"${owner}"=${own[row.objects]}/x`, ...everybody];
}

type GrantClass = 'tables' | 'sequences' | 'functions';
const isGrantClass = (objects: string): objects is GrantClass =>
  objects === 'tables' || objects === 'sequences' || objects === 'functions';

/** Every entry of either side is looked at: one that is missing is compared as what its absence stands for. */
function defaultPrivileges(regime: ReplayRegime): Kind<DefaultAcl> {
  const acls = (live: DefaultAcl, migrations: DefaultAcl): [readonly string[], readonly string[]] => {
    const { objects } = live;
    if (live.schema === 'public' && isGrantClass(objects))
      return comparableDefaults(objects, live.acl, migrations.acl, regime);
    return [live.acl, migrations.acl];
  };
  const privileges = (row: DefaultAcl, acl: readonly string[], side: Side) => privilegesOf(acl, row.owner, side);
  return {
    id: 'default privileges',
    rows: (side) => side.catalogue.defaultAcls.filter((row) => isOwnDefault(row, side)),
    key: (row, side) => [side.role(row.owner), row.schema ?? '', row.objects].join('\u0000'),
    object: (row) =>
      row.schema === null
        ? objectRef('default privileges', null, `of ${row.objects}`)
        : objectRef('default privileges', null, `of ${row.objects} in ${row.schema}`),
    aspects: [
      {
        name: 'default privileges',
        severity: 'blocker',
        compare(live, migrations, pair) {
          const [a, b] = acls(live, migrations);
          return privilegeDifference(privileges(live, a, pair.live), privileges(migrations, b, pair.migrations));
        },
        follows: 'what is made from now on is granted otherwise than the migrations say',
        change(from, to, direction) {
          const [x, y] = direction.from.isLive ? acls(from, to) : acls(to, from);
          const [a, b] = direction.from.isLive ? [x, y] : [y, x];
          return privilegeStatements({
            target: from.objects,
            have: privileges(from, a, direction.from),
            want: privileges(to, b, direction.to),
            owner: direction.from.role(from.owner),
            side: direction.from,
            prefix: defaultTarget(from, direction.from),
          });
        },
      },
    ],
    presence: null,
    create: () => [],
    drop: () => [],
    absent: (row) => ({ ...row, acl: [...absentDefault(row)] }),
  };
}

function isOwnDefault(row: DefaultAcl, side: Side): boolean {
  if (row.owner !== side.deployRole && PLATFORM_ROLES.has(row.owner)) return false;
  return row.schema === null || side.catalogue.schemas.some(({ name, platform }) => name === row.schema && !platform);
}

/** Every kind of grants, with those left out that only the replay’s guess at the regime makes. */
export function grantKinds(mistakes: readonly RegimeMistake[], regime: ReplayRegime): Kind<never>[] {
  const kinds = [
    schemaGrants,
    publicGrants,
    grantsOf<Relation>(
      { ...relations, object: relationRef },
      grantsAspect(
        (row) => `table ${qualified(row.schema, row.name)}`,
        (row) => row,
        inPublic('tables', mistakes),
      ),
    ),
    columnGrants,
    grantsOf<Row<'sequences'>>(
      sequences,
      grantsAspect(
        (row) => `sequence ${sequenceName(row)}`,
        (row) => row,
        inPublic('sequences', mistakes),
      ),
    ),
    grantsOf<FunctionFact>(
      functions,
      grantsAspect(grantTarget, (row) => row, inPublic('functions', mistakes)),
    ),
    grantsOf<Row<'types'>>(
      types,
      grantsAspect(
        (row) => `type ${qualified(row.schema, row.name)}`,
        (row) => row,
      ),
    ),
    defaultPrivileges(regime),
  ];
  return kinds as unknown as Kind<never>[];
}
