import { createHmac, randomBytes } from 'node:crypto';
import { isTestAddress } from '../../../core/detect/email.ts';
import { UserError } from '../../../core/errors.ts';
import type { Facts } from '../../../core/facts.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { isConnectionLoss } from '../connect-errors.ts';
import { failureReason } from '../failed-fact.ts';
import { beginReadOnly } from '../read-only.ts';
import { STATEMENT_MS } from '../timeouts.ts';
import { ScanLink } from './link.ts';
import { type Outcome, type Scan, seen } from './scan.ts';
import { key, ownTables, type Plan } from './tables.ts';

type Overlap = NonNullable<Facts['productionOverlap']>;
type OverlapColumn = Overlap['columns'][number];

/** Addresses held at most (as 8-byte hashes), and read of one column here. */
const MOST = 200_000;
const MOST_HERE = 50_000;
const BATCH = 5_000;
const COLUMNS = 30;

/** Mail services of everybody: sharing one says nothing of a common employer. */
const PUBLIC =
  /^(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|icloud|me|mac|aol|gmx|web|proton|protonmail|mail|zoho|yandex|qq|163|126|orange|free|laposte|wanadoo|libero|t-online|hey|fastmail|posteo)\.[a-z.]+$/;

type Digest = (text: string) => bigint;

/** A keyed hash whose key dies with the run: what it made cannot be compared with anything again. */
function digestOfRun(): Digest {
  const secret = randomBytes(32);
  return (text) => createHmac('sha256', secret).update(text).digest().readBigUInt64LE(0);
}

/**
 * How many mail addresses here are of users in production. Addresses are read from both, hashed at once, and let go; only counts
 * remain. Of a very large production the addresses are compared whose MD5 falls into one of so many equal parts, in both.
 */
export async function compareWithProduction({ link, plan, options }: Scan): Promise<Outcome<'productionOverlap'>> {
  const { production, signal, onProgress } = options;
  if (!production) return seen<'productionOverlap'>(null);
  const digest = digestOfRun();
  const result: Overlap = { production: production.name, addresses: 0, share: 1, columns: [], error: null };
  const known = new Set<bigint>();
  let parts = 1;
  try {
    const other = await ScanLink.open(production.url, signal);
    try {
      const answer = await other.ask<{ count: string }>('select count(*)::text as count from auth.users');
      if ('error' in answer)
        return seen<'productionOverlap'>({ ...result, error: `${production.name}: ${answer.error}` });
      parts = Math.max(1, Math.ceil(Number(answer.rows[0]?.count) / MOST));
      onProgress?.(`addresses of ${production.name}`, 0, 1);
      const failed = await readAddresses(other, 'auth', 'users', 'email', parts, Number.POSITIVE_INFINITY, (address) =>
        known.add(digest(address)),
      );
      if (failed !== null) return seen<'productionOverlap'>({ ...result, error: `${production.name}: ${failed}` });
    } finally {
      await other.close();
    }
  } catch (error) {
    if (!(error instanceof UserError) || signal?.aborted) throw error;
    return seen<'productionOverlap'>({ ...result, error: `${production.name}: ${error.message}` });
  }
  result.addresses = known.size;
  result.share = 1 / parts;
  const columns = addressColumns(plan);
  for (const [at, column] of columns.entries()) {
    result.columns.push(await compareColumn(link, column, parts, known, digest));
    onProgress?.(`addresses of ${column.schema}.${column.table}`, at + 1, columns.length);
  }
  return seen<'productionOverlap'>(result);
}

interface AddressColumn {
  schema: string;
  table: string;
  column: string;
}

/** auth.users.email, and columns of the project's tables named like one. */
function addressColumns(plan: Plan): AddressColumn[] {
  const own = new Set(ownTables(plan).map(({ schema, name }) => key(schema, name)));
  const columns = plan.columns.filter(
    ({ schema, relation, name, type }) =>
      (schema === 'auth' && relation === 'users' && name === 'email') ||
      (own.has(key(schema, relation)) &&
        /(?:^|_)e_?mail(?:_address)?$/i.test(name) &&
        /text|character|citext/.test(type)),
  );
  return columns.slice(0, COLUMNS).map(({ schema, relation: table, name: column }) => ({ schema, table, column }));
}

async function compareColumn(
  link: Scan['link'],
  { schema, table, column }: AddressColumn,
  parts: number,
  known: ReadonlySet<bigint>,
  digest: Digest,
): Promise<OverlapColumn> {
  const mine = new Set<bigint>();
  const domains = new Map<bigint, number>();
  let shared = 0;
  const failed = await readAddresses(link, schema, table, column, parts, MOST_HERE, (address) => {
    const hash = digest(address);
    if (mine.has(hash)) return;
    mine.add(hash);
    if (!known.has(hash)) return;
    shared++;
    const domain = address.slice(address.lastIndexOf('@') + 1);
    if (PUBLIC.test(domain)) return;
    const name = digest(domain);
    domains.set(name, (domains.get(name) ?? 0) + 1);
  });
  const fact = { schema, table, column, addresses: mine.size, shared, ofOneDomain: Math.max(0, ...domains.values()) };
  return { ...fact, error: failed };
}

/** Hands over each address of a column, lower-cased, but those of reserved domains. Null, or why it failed. */
function readAddresses(
  link: ScanLink,
  schema: string,
  table: string,
  column: string,
  parts: number,
  most: number,
  take: (address: string) => void,
): Promise<string | null> {
  const value = `lower(btrim(t.${quoteIdent(column)}::text))`;
  const part = parts === 1 ? '' : ` and ('x' || left(md5(${value}), 7))::bit(28)::int % ${parts} = 0`;
  const sql = `select ${value} as address from ${qualified(schema, table)} as t where t.${quoteIdent(column)}::text like '%_@_%._%' and octet_length(t.${quoteIdent(column)}::text) < 320${part}`;
  return link.run(async (client) => {
    const started = performance.now();
    try {
      await beginReadOnly(client, STATEMENT_MS);
      await client.query(`declare addresses no scroll cursor for ${sql}`);
      for (let read = 0; read < most; ) {
        const { rows } = await client.query<{ address: string }>(`fetch ${BATCH} from addresses`);
        for (const { address } of rows) {
          const at = address.lastIndexOf('@');
          if (!isTestAddress(address.slice(0, at), address.slice(at + 1))) take(address);
        }
        read += rows.length;
        if (rows.length < BATCH) break;
      }
      await client.query('commit');
      return null;
    } catch (error) {
      if (isConnectionLoss(error)) throw error;
      await client.query('rollback');
      return failureReason(error, performance.now() - started);
    }
  });
}
