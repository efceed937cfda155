import type { Row } from '../../../../core/facts.ts';
import { objectRef } from '../../../../core/object.ts';
import { qualified, quoteIdent, quoteLiteral } from '../../../../core/text.ts';
import { commentText, foreignOptionChanges, foreignOptions } from '../ddl/options.ts';
import { type Aspect, type Kind, type Pair, textAspect } from '../model.ts';
import { sameSql } from '../normal.ts';
import { isProject, PLATFORM_EVENT_TRIGGERS, PLATFORM_PUBLICATIONS, PLATFORM_ROLES } from '../platform.ts';
import { grantsAfterOwnerChange, grantsOfNew } from '../privileges.ts';

/* What belongs to the whole database: schemas, extensions, publications, event triggers, foreign servers, rare kinds. */

type Schema = Row<'schemas'>;

function isOwnSchema(row: Schema): boolean {
  return (
    row.extension === null &&
    !row.platform &&
    row.name !== 'information_schema' &&
    row.name !== 'drizzle' &&
    !row.name.startsWith('pg_')
  );
}

export const schemas: Kind<Schema> = {
  id: 'schema',
  rows: (side) => side.catalogue.schemas.filter(isOwnSchema),
  key: (row) => row.name,
  object: (row) => objectRef('schema', null, row.name),
  aspects: [
    textAspect<Schema>({
      name: 'owner',
      severity: 'blocker',
      text: (row, side) => (row.name === 'public' ? null : side.role(row.owner)),
      change: (from, to, direction) => [
        `alter schema ${quoteIdent(from.name)} owner to ${direction.from.sqlRole(direction.to.role(to.owner))}`,
        ...grantsAfterOwnerChange(`schema ${quoteIdent(from.name)}`, from, to, direction),
      ],
    }),
    textAspect<Schema>({
      name: 'comment',
      severity: 'low',
      text: (row) => (row.name === 'public' && row.comment === 'standard public schema' ? null : row.comment),
      change: (from, to) => [`comment on schema ${quoteIdent(from.name)} is ${commentText(to.comment)}`],
    }),
  ],
  presence: 'high',
  create(row, direction) {
    const name = quoteIdent(row.name);
    const owner = direction.to.role(row.owner);
    return [
      `create schema ${name}`,
      ...(row.comment === null ? [] : [`comment on schema ${name} is ${quoteLiteral(row.comment)}`]),
      ...grantsOfNew('schemas', null, `schema ${name}`, row, direction),
      ...(owner === 'postgres' ? [] : [`alter schema ${name} owner to ${direction.from.sqlRole(owner)}`]),
    ];
  },
  drop: (row) => [`drop schema ${quoteIdent(row.name)}`],
};

type Extension = Row<'extensions'>;

/** Part of every hosted project, or of PostgreSQL. */
const PLATFORM_EXTENSIONS = new Set([
  'plpgsql',
  'pgcrypto',
  'uuid-ossp',
  'pg_stat_statements',
  'supabase_vault',
  'pg_graphql',
  'pgjwt',
  'pgsodium',
  'supautils',
]);

/** The project chose the version, and no stand-in has taken its place. */
function hasOwnVersion(row: Extension): boolean {
  return !row.shim && !PLATFORM_EXTENSIONS.has(row.name);
}

/**
 * Extensions of another version on either side, where the servers are of different major versions: which one there is follows from
 * the server's packages, so that nothing can be said of it.
 */
export function versionsApart({ live, migrations }: Pair): string[] {
  if (live.major === migrations.major) return [];
  const there = new Map(migrations.catalogue.extensions.map((row) => [row.name, row]));
  return live.catalogue.extensions.flatMap((row) => {
    const twin = there.get(row.name);
    return twin && twin.version !== row.version && hasOwnVersion(row) && hasOwnVersion(twin)
      ? [`${row.name} (${row.version} and ${twin.version})`]
      : [];
  });
}

export const extensions: Kind<Extension> = {
  id: 'extension',
  rows: (side) => side.catalogue.extensions,
  key: (row) => row.name,
  object: (row) => objectRef('extension', null, row.name),
  aspects: [
    {
      name: 'schema',
      severity: 'high',
      compare: (live, migrations) =>
        live.schema === migrations.schema || live.shim || migrations.shim || PLATFORM_EXTENSIONS.has(live.name)
          ? null
          : { live: live.schema, migrations: migrations.schema },
      change: (from, to) => [`alter extension ${quoteIdent(from.name)} set schema ${quoteIdent(to.schema)}`],
    },
    {
      name: 'version',
      severity: 'low',
      compare: (live, migrations, pair) =>
        live.version !== migrations.version &&
        pair.live.major === pair.migrations.major &&
        hasOwnVersion(live) &&
        hasOwnVersion(migrations)
          ? { live: live.version, migrations: migrations.version }
          : null,
      change: (from, to) => [`alter extension ${quoteIdent(from.name)} update to ${quoteLiteral(to.version)}`],
    },
  ],
  presence: (row) => (PLATFORM_EXTENSIONS.has(row.name) ? null : 'high'),
  create: (row, { from }) => [
    ...(row.schema === 'public' || row.shim || from.catalogue.schemas.some(({ name }) => name === row.schema)
      ? []
      : [`create schema ${quoteIdent(row.schema)}`]),
    `create extension ${quoteIdent(row.name)}${row.shim || row.schema === 'pg_catalog' ? '' : ` with schema ${quoteIdent(row.schema)}`}`,
  ],
  drop: (row) => [`drop extension ${quoteIdent(row.name)}`],
};

type Publication = Row<'publications'>;
type Member = Publication['members'][number];

const memberName = (member: Member) => qualified(member.schema, member.table);

function memberText(member: Member): string {
  const columns = member.columns === null ? '' : ` (${member.columns.map(quoteIdent).join(', ')})`;
  return `${memberName(member)}${columns}${member.where === null ? '' : ` where (${member.where})`}`;
}

const isSameMember = (a: Member, b: Member) =>
  memberName(a) === memberName(b) &&
  JSON.stringify(a.columns) === JSON.stringify(b.columns) &&
  (a.where === b.where || (a.where !== null && b.where !== null && sameSql('expression', a.where, b.where)));

function without(members: readonly Member[], others: readonly Member[]): Member[] {
  return members.filter((member) => !others.some((other) => isSameMember(member, other)));
}

function publishes({ insert, update, delete: deletes, truncate }: Publication): string {
  const words = [
    ...(insert ? ['insert'] : []),
    ...(update ? ['update'] : []),
    ...(deletes ? ['delete'] : []),
    ...(truncate ? ['truncate'] : []),
  ];
  return words.join(', ');
}

const publicationOptions = (row: Publication) =>
  `publish = ${quoteLiteral(publishes(row))}, publish_via_partition_root = ${row.viaRoot}`;

function publicationTargets(row: Publication): string {
  if (row.allTables) return ' for all tables';
  const targets = [
    ...(row.members.length > 0 ? [`table ${row.members.map(memberText).join(', ')}`] : []),
    ...(row.schemas.length > 0 ? [`tables in schema ${row.schemas.map(quoteIdent).join(', ')}`] : []),
  ];
  return targets.length === 0 ? '' : ` for ${targets.join(', ')}`;
}

export const publications: Kind<Publication> = {
  id: 'publication',
  rows: (side) => side.catalogue.publications.filter(({ name }) => !PLATFORM_PUBLICATIONS.has(name)),
  key: (row) => row.name,
  object: (row) => objectRef('publication', null, row.name),
  aspects: [
    {
      name: 'tables',
      severity: 'high',
      follows: (live, migrations) =>
        without(live.members, migrations.members).length > 0
          ? 'changes are sent to listeners that the migrations do not foresee'
          : 'listeners wait for changes that are never sent',
      compare(live, migrations) {
        if (live.allTables && migrations.allTables) return null;
        const text = (row: Publication, other: Publication) => {
          if (row.allTables) return 'all tables';
          const only = [
            ...without(row.members, other.members).map(memberText),
            ...row.schemas.filter((name) => !other.schemas.includes(name)).map((name) => `schema ${name}`),
          ];
          return only.length === 0 ? 'nothing more' : `also ${only.join(', ')}`;
        };
        const shown = { live: text(live, migrations), migrations: text(migrations, live) };
        return shown.live === shown.migrations ? null : shown;
      },
      change(from, to, direction) {
        const name = quoteIdent(from.name);
        if (from.allTables || to.allTables)
          return [...publications.drop(from, direction), ...publications.create(to, direction)];
        return [
          ...without(from.members, to.members).map(
            (member) => `alter publication ${name} drop table ${memberName(member)}`,
          ),
          ...from.schemas
            .filter((schema) => !to.schemas.includes(schema))
            .map((schema) => `alter publication ${name} drop tables in schema ${quoteIdent(schema)}`),
          ...without(to.members, from.members).map(
            (member) => `alter publication ${name} add table ${memberText(member)}`,
          ),
          ...to.schemas
            .filter((schema) => !from.schemas.includes(schema))
            .map((schema) => `alter publication ${name} add tables in schema ${quoteIdent(schema)}`),
        ];
      },
    },
    textAspect<Publication>({
      name: 'operations',
      severity: 'high',
      text: (row) => `${publishes(row)}${row.viaRoot ? ', via the partition root' : ''}`,
      change: (from, to) => [`alter publication ${quoteIdent(from.name)} set (${publicationOptions(to)})`],
    }),
    textAspect<Publication>({
      name: 'owner',
      severity: 'blocker',
      text: (row, side) => (PLATFORM_ROLES.has(row.owner) ? null : side.role(row.owner)),
      change: (from, to, direction) => [
        `alter publication ${quoteIdent(from.name)} owner to ${direction.from.sqlRole(direction.to.role(to.owner))}`,
      ],
    }),
  ],
  presence: 'high',
  create: (row) => [
    `create publication ${quoteIdent(row.name)}${publicationTargets(row)} with (${publicationOptions(row)})`,
  ],
  drop: (row) => [`drop publication ${quoteIdent(row.name)}`],
};

type EventTrigger = Row<'eventTriggers'>;

const ENABLED: Readonly<Record<string, string>> = {
  O: 'enabled',
  D: 'disabled',
  R: 'enabled in a replica only',
  A: 'always enabled',
};
const ENABLING: Readonly<Record<string, string>> = {
  O: 'enable',
  D: 'disable',
  R: 'enable replica',
  A: 'enable always',
};

export const eventTriggers: Kind<EventTrigger> = {
  id: 'event trigger',
  rows: (side) =>
    side.catalogue.eventTriggers.filter((row) => {
      const schema = row.function.slice(0, row.function.indexOf('.'));
      const isPlatform = side.catalogue.schemas.some(({ name, platform }) => name === schema && platform);
      return !isPlatform && !PLATFORM_EVENT_TRIGGERS.has(row.name);
    }),
  key: (row) => row.name,
  object: (row) => objectRef('event trigger', null, row.name),
  aspects: [
    textAspect<EventTrigger>({
      name: 'definition',
      severity: 'high',
      text: (row) =>
        `on ${row.event}${row.tags.length > 0 ? ` when tag in (${row.tags.join(', ')})` : ''} execute ${row.function}()`,
      change: (from, to, direction) => [...eventTriggers.drop(from, direction), ...eventTriggers.create(to, direction)],
    }),
    textAspect<EventTrigger>({
      name: 'state',
      severity: 'high',
      text: (row) => ENABLED[row.enabled] ?? row.enabled,
      change: (from, to) => [`alter event trigger ${quoteIdent(from.name)} ${ENABLING[to.enabled] ?? 'enable'}`],
    }),
  ],
  presence: 'high',
  create: (row) => [
    `create event trigger ${quoteIdent(row.name)} on ${row.event}${
      row.tags.length > 0 ? ` when tag in (${row.tags.map(quoteLiteral).join(', ')})` : ''
    } execute function ${row.function}()`,
    ...(row.enabled === 'O'
      ? []
      : [`alter event trigger ${quoteIdent(row.name)} ${ENABLING[row.enabled] ?? 'enable'}`]),
  ],
  drop: (row) => [`drop event trigger ${quoteIdent(row.name)}`],
};

type Server = Row<'foreignServers'>;

export const foreignServers: Kind<Server> = {
  id: 'foreign server',
  rows: (side) => side.catalogue.foreignServers.filter(({ extension }) => extension === null),
  key: (row) => row.name,
  object: (row) => objectRef('foreign server', null, row.name),
  aspects: [
    textAspect<Server>({
      name: 'wrapper',
      severity: 'high',
      text: (row) => [row.wrapper, row.type, row.version].filter((part) => part !== null).join(' '),
      change: (from, to, direction) => [
        ...foreignServers.drop(from, direction),
        ...foreignServers.create(to, direction),
      ],
    }),
    textAspect<Server>({
      name: 'options',
      severity: 'high',
      text: (row) => row.options.join(', ') || null,
      change(from, to) {
        const changes = foreignOptionChanges(from.options, to.options);
        return changes === null ? [] : [`alter server ${quoteIdent(from.name)} ${changes}`];
      },
    }),
    {
      name: 'user mappings',
      severity: 'high',
      compare(live, migrations) {
        const text = (row: Server) => row.mappings.join(', ') || null;
        return text(live) === text(migrations) ? null : { live: text(live), migrations: text(migrations) };
      },
      change(from, to) {
        const name = quoteIdent(from.name);
        const role = (mapping: string) => (mapping === 'public' ? 'public' : quoteIdent(mapping));
        return [
          ...from.mappings
            .filter((mapping) => !to.mappings.includes(mapping))
            .map((mapping) => `drop user mapping for ${role(mapping)} server ${name}`),
          ...to.mappings
            .filter((mapping) => !from.mappings.includes(mapping))
            .map((mapping) => `create user mapping for ${role(mapping)} server ${name}`),
        ];
      },
    },
  ],
  presence: 'high',
  create: (row) => [
    `create server ${quoteIdent(row.name)}${row.type === null ? '' : ` type ${quoteLiteral(row.type)}`}${
      row.version === null ? '' : ` version ${quoteLiteral(row.version)}`
    } foreign data wrapper ${quoteIdent(row.wrapper)}${foreignOptions(row.options)}`,
  ],
  drop: (row) => [`drop server ${quoteIdent(row.name)}`],
};

type Other = Row<'otherObjects'>;

const otherName = (row: Other) => (row.schema === null ? quoteIdent(row.name) : qualified(row.schema, row.name));

function dropOther(row: Other): string[] {
  if (row.kind === 'cast') return [`drop cast ${row.name}`];
  if (row.kind === 'operator') {
    const operands = row.signature ?? '';
    return [
      `drop operator ${quoteIdent(row.schema ?? '')}.${row.name} (${operands.includes(',') ? operands : `none, ${operands}`})`,
    ];
  }
  return [`drop ${row.kind.replace('foreign-data', 'foreign data')} ${otherName(row)}`];
}

const otherDefinition: Aspect<Other> = textAspect<Other>({
  name: 'definition',
  severity: 'high',
  text: (row) => row.definition,
  change: (from, to) => [...dropOther(from), ...to.definition.split(';\n')],
});

export const otherObjects: Kind<Other> = {
  id: 'other',
  rows: (side) =>
    side.catalogue.otherObjects.filter(
      (row) =>
        (row.schema === null && !PLATFORM_ROLES.has(row.owner === 'postgres' ? '' : (row.owner ?? ''))) ||
        (row.schema !== null && isProject('other', { ...row, schema: row.schema })),
    ),
  key: (row) => [row.kind, row.schema ?? '', row.name, row.signature ?? ''].join('\u0000'),
  object: (row) => objectRef(row.kind, row.schema, row.name, { signature: row.signature }),
  aspects: [otherDefinition],
  presence: 'high',
  create: (row) => row.definition.split(';\n'),
  drop: dropOther,
};
