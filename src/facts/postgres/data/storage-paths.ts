import type { Column, Facts } from '../../../core/facts.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import type { Outcome, Scan } from './scan.ts';
import { key, ownTables } from './tables.ts';

type Reference = Facts['storageReferences'][number];

/** Words in the name of a column that may hold the name of a stored file. */
const NAMED =
  /(?:^|_)(?:path|file|filename|image|img|avatar|photo|picture|logo|cover|thumbnail|attachment|document|object|media|icon|banner|receipt|upload|storage)s?(?:_|$)/;
/** Columns looked into, at most. */
const MOST = 200;
/** A column is taken to name stored files when at least half of what it holds is found. */
const ENOUGH = 0.5;

/** Counts rows that name a file of Supabase Storage that is not there. */
export async function checkStoragePaths({ ask, plan, options }: Scan): Promise<Outcome<'storageReferences'>> {
  if (!plan.relations.some(({ schema, name }) => schema === 'storage' && name === 'objects'))
    return { value: [], hidden: [] };
  const own = new Set(ownTables(plan).map(({ schema, name }) => key(schema, name)));
  const candidates = plan.columns.filter(
    ({ schema, relation, name, type }) =>
      own.has(key(schema, relation)) &&
      /^(?:text|character varying)(?:\(\d+\))?$/.test(type) &&
      NAMED.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()),
  );
  const value: Reference[] = [];
  const hidden: string[] = [];
  for (const [at, column] of candidates.slice(0, MOST).entries()) {
    const fact = await checkColumn(ask, column);
    if (fact !== null) value.push(fact);
    options.onProgress?.(`files named by ${column.schema}.${column.relation}`, at + 1, candidates.length);
  }
  if (candidates.length > MOST) hidden.push(`files named by ${candidates.length - MOST} more columns`);
  return { value, hidden };
}

/** A value as `name` or `bucket/name`: of a URL of the storage API what follows its kind, without query and leading slash. */
function pathOf(value: string): string {
  return `ltrim(split_part(regexp_replace(${value}, '^https?://[^/]+/storage/v1/(object|render/image)/(public|sign|authenticated)/', ''), '?', 1), '/')`;
}

/** Rows of `source` with whether their path is found, as a query; addresses elsewhere (`https:`, `data:`) name no stored file. */
function matched(source: string): string {
  return `select v.path, n.bucket_id as by_name, f.bucket_id as by_full
from (select ${pathOf('s.value')} as path from (${source}) s) v
left join (select o.name, min(o.bucket_id) as bucket_id from storage.objects o group by o.name) n on n.name = v.path
left join storage.objects f on f.bucket_id || '/' || f.name = v.path
where v.path <> '' and v.path !~ '^[A-Za-z][A-Za-z0-9+.-]*:'`;
}

async function checkColumn(ask: Scan['ask'], column: Column): Promise<Reference | null> {
  const { schema, relation: table, name } = column;
  const from = `select left(t.${quoteIdent(name)}::text, 1024) as value from ${qualified(schema, table)} t where t.${quoteIdent(name)} <> ''`;
  const fact: Reference = { schema, table, column: name, buckets: [], rows: 0, missing: 0, error: null };
  const first = await ask<{ rows: string; found: string }>(
    `select count(*)::text as rows, count(coalesce(by_full, by_name))::text as found from (${matched(`${from} limit 500`)}) m`,
  );
  // Whether the column names files at all is then not known: only what is known to can fail to be judged.
  if ('error' in first) return /^permission denied/.test(first.error) ? null : { ...fact, error: first.error };
  const [sample] = first.rows;
  const found = Number(sample?.found);
  if (found === 0 || found < Number(sample?.rows) * ENOUGH) return null;
  const all = await ask<{ rows: string; missing: string; buckets: string[] | null }>(
    `select count(*)::text as rows, (count(*) - count(coalesce(by_full, by_name)))::text as missing,
  array_agg(distinct coalesce(by_full, by_name)) filter (where coalesce(by_full, by_name) is not null) as buckets
from (${matched(from)}) m`,
  );
  if ('error' in all) return { ...fact, error: all.error };
  const [row] = all.rows;
  return { ...fact, rows: Number(row?.rows), missing: Number(row?.missing), buckets: (row?.buckets ?? []).toSorted() };
}
