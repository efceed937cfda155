import { canonicalJson } from '../../core/canonical.ts';
import { CATALOGUE_IN_SHADOW } from '../../core/facts/shadow.ts';
import type { CollectedFact } from '../../core/facts.ts';
import { collectCatalogue } from '../postgres/collect.ts';

/** Facets in which nothing but time and use makes a difference between two databases of one schema. */
const IN_USE = new Set(['cronJobs', 'storage', 'roleSettings']);
const COMPARED = CATALOGUE_IN_SHADOW.filter((name) => !IN_USE.has(name));

/** An object of one database that the other has not, or has otherwise. */
export interface Difference {
  kind: string;
  schema: string | null;
  name: string;
  /** The table it belongs to. */
  table: string | null;
  /** first, second: only there. both: in both, and not the same. */
  where: 'first' | 'second' | 'both';
  partition: boolean;
}

/** A schema as its catalogue tells it: every object by a name of its own, with its canonical text. */
export type Schema = ReadonlyMap<string, { text: string; object: Omit<Difference, 'where'> }>;

const KINDS: Readonly<Record<string, string>> = {
  relations: 'table',
  columns: 'column',
  constraints: 'constraint',
  indexes: 'index',
  policies: 'policy',
  functions: 'function',
  triggers: 'trigger',
  views: 'view',
  types: 'type',
  sequences: 'sequence',
  schemas: 'schema',
  extensions: 'extension',
  publications: 'publication',
  defaultAcls: 'default privileges',
  eventTriggers: 'event trigger',
  rules: 'rule',
  statisticsObjects: 'statistics object',
  foreignServers: 'foreign server',
  comments: 'comment',
  otherObjects: 'object',
  roles: 'role',
};

type Row = Readonly<Record<string, unknown>>;

/** Kinds of objects and properties that are left out of a comparison. */
export interface LeftOut {
  facets?: readonly string[];
  fields?: readonly string[];
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Reads a database's schema; rejects with the reason where one of its facets cannot be had. */
export async function readSchema(url: string, signal: AbortSignal | undefined, leftOut: LeftOut = {}): Promise<Schema> {
  const names = COMPARED.filter((name) => !leftOut.facets?.includes(name));
  const facts = await collectCatalogue({ url, names, embedded: true, ...(signal && { signal }) });
  const relations = facts.relations?.status === 'ok' ? facts.relations.value : [];
  // Columns do not say whose they are: what an extension or the platform made is not the project's.
  const foreign = new Set(
    relations.filter((row) => row.platform || row.extension !== null).map((row) => `${row.schema}\u0000${row.name}`),
  );
  const schema = new Map<string, { text: string; object: Omit<Difference, 'where'> }>();
  for (const facet of names) {
    const fact = facts[facet] as CollectedFact | undefined;
    if (fact?.status !== 'ok') throw new Error(`${facet}: ${fact?.reason ?? 'not collected'}`);
    for (const row of fact.value as unknown as readonly Row[]) {
      const table = text(row.table) ?? text(row.relation);
      const ofForeign = table !== null && foreign.has(`${text(row.schema) ?? ''}\u0000${table}`);
      // A policy or trigger of the project's may well stand on a table of the platform's.
      const theirs = facet === 'policies' || facet === 'triggers' ? false : ofForeign;
      if (row.platform === true || (facet !== 'extensions' && text(row.extension) !== null) || theirs) continue;
      const own = text(row.name) ?? text(row.objects) ?? '';
      const kind =
        facet === 'relations' || facet === 'comments' || facet === 'otherObjects'
          ? (text(row.kind) ?? KINDS[facet])
          : KINDS[facet];
      const object = {
        kind: kind ?? facet,
        schema: text(row.schema),
        name: own,
        table,
        partition: Array.isArray(row.partitionOf),
      };
      const key = [
        facet,
        object.kind,
        object.schema,
        table,
        own,
        text(row.arguments) ?? text(row.signature) ?? text(row.owner) ?? '',
      ];
      schema.set(key.join('\u0000'), { text: canonicalJson(without(row, leftOut.fields)), object });
    }
  }
  return schema;
}

function without(row: Row, fields: readonly string[] | undefined): Row {
  return fields ? Object.fromEntries(Object.entries(row).filter(([field]) => !fields.includes(field))) : row;
}

/** What differs between two schemas, tables before what belongs to them; no more than `most`. */
export function differences(first: Schema, second: Schema, most: number): { found: Difference[]; total: number } {
  const all: Difference[] = [];
  for (const [key, { text: one, object }] of first) {
    const other = second.get(key);
    if (other === undefined) all.push({ ...object, where: 'first' });
    else if (other.text !== one) all.push({ ...object, where: 'both' });
  }
  for (const [key, { object }] of second) if (!first.has(key)) all.push({ ...object, where: 'second' });
  // A table that only one side has says all about its columns and keys.
  const alone = new Set(
    all
      .filter(({ table, where }) => table === null && where !== 'both')
      .map(({ schema, name }) => `${schema}\u0000${name}`),
  );
  const own = all.filter(({ schema, table }) => table === null || !alone.has(`${schema}\u0000${table}`));
  const order = ({ kind, schema, table, name, where }: Difference) =>
    [kind, schema ?? '', table ?? '', name, where].join('\u0000');
  own.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return { found: own.slice(0, most), total: own.length };
}
