import type pg from 'pg';

/*
 * Writes TypeScript types of schema public in the layout of `supabase gen types typescript --schema public`, for Harbor's
 * src/lib/database.types.ts. Knows only what Harbor uses; it keeps the committed files honest, nothing more.
 */

interface ColumnRow {
  relation: string;
  kind: string;
  name: string;
  type: string;
  enum: boolean;
  required: boolean;
  optional: boolean;
  generated: boolean;
}
interface RelationshipRow {
  relation: string;
  constraint: string;
  columns: string[];
  unique: boolean;
  target: string;
  target_columns: string[];
}
interface FunctionRow {
  name: string;
  arguments: { name: string; type: string; optional: boolean }[];
  set: boolean;
  returns: { name: string | null; type: string }[];
}

const COLUMNS = `
  select c.relname as relation, c.relkind::text as kind, a.attname as name, t.typname as type, t.typtype = 'e' as enum,
    a.attnotnull as required, a.atthasdef or a.attidentity <> '' as optional, a.attidentity = 'a' as generated
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') order by 1, 3`;
const RELATIONSHIPS = `
  select c.conrelid::regclass::text as relation, c.conname as constraint, tc.relname as target,
    (select array_agg(a.attname::text order by k.place) from unnest(c.conkey) with ordinality k(n, place)
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n) as columns,
    (select array_agg(a.attname::text order by k.place) from unnest(c.confkey) with ordinality k(n, place)
      join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.n) as target_columns,
    exists (select from pg_index i where i.indrelid = c.conrelid and i.indisunique
      and (select array_agg(n order by n) from unnest(i.indkey::int2[]) n) = (select array_agg(n order by n) from unnest(c.conkey) n)) as unique
  from pg_constraint c join pg_class tc on tc.oid = c.confrelid
  where c.contype = 'f' and c.connamespace = 'public'::regnamespace and tc.relnamespace = 'public'::regnamespace order by 1, 2`;
const FUNCTIONS = `
  select p.proname as name, p.proretset as set,
    coalesce((select json_agg(json_build_object('name', p.proargnames[a.place], 'type', t.typname, 'optional', a.place > p.pronargs - p.pronargdefaults)
        order by p.proargnames[a.place])
      from unnest(p.proargtypes::oid[]) with ordinality a(type, place) join pg_type t on t.oid = a.type), '[]') as arguments,
    coalesce((select json_agg(json_build_object('name', p.proargnames[a.place], 'type', t.typname) order by p.proargnames[a.place])
      from unnest(p.proallargtypes) with ordinality a(type, place) join pg_type t on t.oid = a.type where p.proargmodes[a.place] = 't'),
      json_build_array(json_build_object('name', null, 'type', (select typname from pg_type where oid = p.prorettype)))) as returns
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e') order by 1`;
const ENUMS = `
  select t.typname as name, array_agg(e.enumlabel::text order by e.enumsortorder) as labels
  from pg_type t join pg_enum e on e.enumtypid = t.oid where t.typnamespace = 'public'::regnamespace group by 1 order by 1`;

const SCALARS: Readonly<Record<string, string>> = {
  int2: 'number',
  int4: 'number',
  int8: 'number',
  float4: 'number',
  float8: 'number',
  numeric: 'number',
  bool: 'boolean',
  json: 'Json',
  jsonb: 'Json',
  void: 'undefined',
};

function typeOf(type: string, isEnum = false): string {
  if (isEnum) return `Database["public"]["Enums"]["${type}"]`;
  if (type.startsWith('_')) return `${typeOf(type.slice(1))}[]`;
  return SCALARS[type] ?? 'string';
}

function relationship(row: RelationshipRow): string {
  return `          {
            foreignKeyName: "${row.constraint}"
            columns: ${JSON.stringify(row.columns)}
            isOneToOne: ${row.unique}
            referencedRelation: "${row.target}"
            referencedColumns: ${JSON.stringify(row.target_columns)}
          },`;
}

function relation(name: string, columns: ColumnRow[], relationships: RelationshipRow[]): string {
  const table = columns[0]?.kind === 'r' || columns[0]?.kind === 'p';
  const nullable = (column: ColumnRow) =>
    `${typeOf(column.type, column.enum)}${table && column.required ? '' : ' | null'}`;
  const block = (title: string, lines: string[]) => [
    `        ${title}: {`,
    ...lines.map((line) => `          ${line}`),
    '        }',
  ];
  const own = relationships.filter((row) => row.relation === name);
  return [
    `      ${name}: {`,
    ...block(
      'Row',
      columns.map((column) => `${column.name}: ${nullable(column)}`),
    ),
    ...(table
      ? [
          ...block(
            'Insert',
            columns.map((column) =>
              column.generated
                ? `${column.name}?: never`
                : `${column.name}${column.required && !column.optional ? '' : '?'}: ${nullable(column)}`,
            ),
          ),
          ...block(
            'Update',
            columns.map((column) => `${column.name}?: ${column.generated ? 'never' : nullable(column)}`),
          ),
        ]
      : []),
    ...(own.length === 0
      ? ['        Relationships: []']
      : ['        Relationships: [', ...own.map(relationship), '        ]']),
    '      }',
  ].join('\n');
}

function functionType(row: FunctionRow): string {
  const args = row.arguments.map((one) => `${one.name}${one.optional ? '?' : ''}: ${typeOf(one.type)}`).join('; ');
  const [first] = row.returns;
  const returns =
    first && first.name === null
      ? `        Returns: ${typeOf(first.type)}${row.set ? '[]' : ''}`
      : `        Returns: {\n${row.returns.map((one) => `          ${one.name}: ${typeOf(one.type)}`).join('\n')}\n        }${row.set ? '[]' : ''}`;
  return `      ${row.name}: {\n        Args: ${args === '' ? 'never' : `{ ${args} }`}\n${returns}\n      }`;
}

function group(title: string, entries: string[]): string {
  const body = entries.length === 0 ? '      [_ in never]: never' : entries.join('\n');
  return `    ${title}: {\n${body}\n    }`;
}

/** The text of database.types.ts for the schema public of a database. */
export async function generateTypes(client: pg.Client): Promise<string> {
  const columns = (await client.query<ColumnRow>(COLUMNS)).rows;
  const relationships = (await client.query<RelationshipRow>(RELATIONSHIPS)).rows;
  const functions = (await client.query<FunctionRow>(FUNCTIONS)).rows;
  const enums = (await client.query<{ name: string; labels: string[] }>(ENUMS)).rows;
  const relations = (kinds: string[]) =>
    [...new Set(columns.filter((row) => kinds.includes(row.kind)).map((row) => row.relation))].map((name) =>
      relation(
        name,
        columns.filter((row) => row.relation === name),
        relationships,
      ),
    );
  return `export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
${[
  group('Tables', relations(['r', 'p'])),
  group('Views', relations(['v', 'm'])),
  group('Functions', functions.map(functionType)),
  group(
    'Enums',
    enums.map(({ name, labels }) => `      ${name}: ${labels.map((label) => JSON.stringify(label)).join(' | ')}`),
  ),
  group('CompositeTypes', []),
].join('\n')}
  }
}
`;
}
