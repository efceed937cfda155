import type { SupabaseClient } from '@supabase/supabase-js';
import { lettersFor } from '../../core/acl.ts';
import type { Collected, Facts } from '../../core/facts.ts';
import { type Answer, assertAnswered, type Returned, refusal } from './answer.ts';
import { ApiError, type ApiTarget, apiClient, authSettings, originOf } from './client.ts';

type Surface = Facts['httpSurface'];

/** Requests under way at a time: a visitor's browser sends as many. */
const AT_ONCE = 6;

export interface SurfaceOptions {
  target: ApiTarget;
  facts: Collected;
  signal?: AbortSignal | undefined;
  onProgress?: ((label: string) => void) | undefined;
}

function value<N extends keyof Facts>(facts: Collected, name: N): Facts[N] | null {
  const fact = facts[name];
  return fact?.status === 'ok' ? (fact.value as Facts[N]) : null;
}

/** Runs `ask` over all items, a few at a time, and keeps their order. */
async function each<T, R>(items: readonly T[], ask: (item: T, at: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await ask(items[at] as T, at);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** What is asked of a relation: all columns, or those granted to anon one by one. */
function columnsFor(facts: Collected, { schema, name, acl }: Facts['relations'][number]): string {
  if (lettersFor(acl, new Set(['anon', 'public'])).has('r')) return '*';
  const granted = (value(facts, 'columns') ?? []).filter(
    (column) =>
      column.schema === schema &&
      column.relation === name &&
      lettersFor(column.acl ?? [], new Set(['anon', 'public'])).has('r'),
  );
  return granted.length === 0 ? '*' : granted.map((column) => `"${column.name}"`).join(',');
}

async function readRelation(
  options: SurfaceOptions,
  client: SupabaseClient,
  relation: Facts['relations'][number],
): Promise<Surface['relations'][number]> {
  const { schema, name } = relation;
  const returned = await client.schema(schema).from(name).select(columnsFor(options.facts, relation)).limit(1);
  assertAnswered(options.target, returned as Returned);
  const rows = (returned.data ?? []) as unknown as Record<string, unknown>[];
  const went: Answer = refusal(returned as Returned) ?? {
    outcome: rows.length > 0 ? 'rows' : 'empty',
    status: returned.status,
    code: null,
  };
  return { schema, name, ...went, columns: rows[0] ? Object.keys(rows[0]).sort() : [] };
}

type FunctionFact = Facts['functions'][number];

/** It reads (STABLE, IMMUTABLE) and every parameter has a default: a GET calls it in a read-only transaction. */
const isCallable = (fn: FunctionFact) =>
  fn.volatility !== 'volatile' &&
  (fn.arguments === '' || (fn.parameters ?? '').split(',').every((parameter) => parameter.includes(' DEFAULT ')));

async function callFunction(
  options: SurfaceOptions,
  client: SupabaseClient,
  fn: FunctionFact,
): Promise<Surface['functions'][number]> {
  const named = { schema: fn.schema, name: fn.name, arguments: fn.arguments };
  if (!isCallable(fn)) return { ...named, outcome: 'not-asked', status: 0, code: null };
  const returned = await client.schema(fn.schema).rpc(fn.name, {}, { get: true }).limit(1);
  assertAnswered(options.target, returned as Returned);
  const { data } = returned;
  const empty = data === null || (Array.isArray(data) && data.length === 0);
  return {
    ...named,
    ...(refusal(returned as Returned) ?? { outcome: empty ? 'empty' : 'rows', status: returned.status, code: null }),
  };
}

async function listBucket(client: SupabaseClient, id: string): Promise<Surface['buckets'][number]> {
  const { data, error } = await client.storage.from(id).list('', { limit: 1 });
  if (error === null) return { id, outcome: data.length > 0 ? 'rows' : 'empty', status: 200, code: null };
  const { status = 0, statusCode } = error as { status?: number; statusCode?: string };
  const outcome = statusCode === '404' ? 'absent' : statusCode === '403' ? 'denied' : 'error';
  return { id, outcome, status, code: statusCode ?? null };
}

/**
 * Asks the API for one row of every relation, the answer of every function that only reads, and one file of every bucket, as
 * anybody can who has the publishable key. Only reads; what comes back is counted and forgotten.
 * Throws ApiError where the key is refused or nobody answers, and the signal's reason.
 */
export async function collectSurface(options: SurfaceOptions): Promise<Surface> {
  const { target, facts, signal, onProgress } = options;
  const client = await apiClient(target, target.publishableKey, { signal });
  const { status } = await authSettings(target, signal);
  assertAnswered(target, { status, error: status === 200 ? null : {} });
  if (status !== 200)
    throw new ApiError(
      'error',
      `${originOf(target)} answered ${status} when asked for its settings; check that api.url is the project’s, and try again later`,
    );
  const served = new Set(value(facts, 'database')?.exposedSchemas?.schemas ?? ['public']);
  const mine = (object: { schema: string; platform: boolean; extension: string | null }) =>
    served.has(object.schema) && !object.platform && object.extension === null;
  const relations = (value(facts, 'relations') ?? []).filter((relation) => mine(relation));
  const functions = (value(facts, 'functions') ?? []).filter(
    (fn) => mine(fn) && fn.kind === 'function' && fn.trigger === null,
  );
  const buckets = value(facts, 'storage')?.buckets ?? [];
  return {
    origin: originOf(target),
    key: target.publishableKey.startsWith('eyJ') ? 'legacy' : 'publishable',
    relations: await each(relations, (relation, at) => {
      if (at % 25 === 0) onProgress?.(`the API as a visitor: ${at} of ${relations.length} tables`);
      return readRelation(options, client, relation);
    }),
    functions: await each(functions, (fn) => callFunction(options, client, fn)),
    buckets: await each(buckets, ({ id }) => listBucket(client, id)),
  };
}
