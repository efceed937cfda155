import { scanSql } from '../../../core/sql.ts';
import type { Difference } from './model.ts';

/**
 * Words by which a definition speaks of an extension's own types, access methods and functions. A stand-in has signatures
 * only: whether what rests on it is the same cannot be said.
 */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  vector: [
    'vector',
    'halfvec',
    'sparsevec',
    'hnsw',
    'ivfflat',
    'vector_l2_ops',
    'vector_ip_ops',
    'vector_cosine_ops',
    'vector_l1_ops',
    'halfvec_cosine_ops',
    'halfvec_l2_ops',
    'halfvec_ip_ops',
  ],
  postgis: ['geometry', 'geography', 'box2d', 'box3d'],
  pg_net: ['net'],
  http: ['http', 'http_get', 'http_post', 'http_request', 'http_response'],
  pgjwt: ['sign', 'verify'],
  pgmq: ['pgmq'],
  pgsodium: ['pgsodium'],
  supabase_vault: ['vault'],
  pg_graphql: ['graphql'],
  pg_cron: ['cron'],
};

/** Properties whose text is PostgreSQL’s own rendering, in which an extension’s objects stand by the names its version gives them. */
const RENDERED = new Set([
  'definition',
  'type',
  'default',
  'generation expression',
  'result',
  'parameters',
  'fields',
  'base type',
  'checks',
]);

function speaksOf(text: string | null, words: ReadonlySet<string>): boolean {
  if (text === null) return false;
  const tokens = scanSql(text);
  if (tokens === null) return false;
  return tokens.some(({ start, end }) => words.has(text.slice(start, end).trim().replaceAll('"', '').toLowerCase()));
}

/** Tells differences that rest on a stand-in for an extension: both sides speak of it, in texts that need not be alike. */
export function shimTest(shims: readonly string[]): (difference: Difference) => boolean {
  const words = new Set(shims.flatMap((shim) => WORDS[shim] ?? [shim]));
  return ({ aspect, shown }) =>
    words.size > 0 && RENDERED.has(aspect) && speaksOf(shown.live, words) && speaksOf(shown.migrations, words);
}
