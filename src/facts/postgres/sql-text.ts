import { quoteLiteral } from '../../core/text.ts';
import { EXTENSION_SCHEMAS, PLATFORM_SCHEMAS } from './platform.ts';
import { QUERIES } from './queries.ts';

/** What stands for `:name` in a query file: SQL text, either fixed here or quoted. */
export type Fragments = Readonly<Record<string, string>>;

/** An array of texts as an SQL literal. */
export function textArray(values: readonly string[]): string {
  return `array[${values.map(quoteLiteral).join(', ')}]::text[]`;
}

const SHARED: Fragments = {
  namespaces: QUERIES.namespaces,
  platform_schemas: textArray(PLATFORM_SCHEMAS),
  extension_schemas: textArray(EXTENSION_SCHEMAS),
};

/**
 * Puts fragments in the place of `:name` (psql's notation; `::type` is left alone). Fragments may hold others.
 * Inlined and not bound, so that one simple-protocol message carries savepoint, query and roll-back: one round trip a
 * facet, also through a pooler that knows no prepared statements. Throws on a name nobody defined.
 */
export function composeSql(file: string, fragments: Fragments = {}): string {
  const text = file.replace(/(?<![:\w]):([a-z_]+)\b/g, (_, name: string) => {
    const fragment = fragments[name] ?? SHARED[name];
    if (fragment === undefined) throw new Error(`no fragment :${name} for a query`);
    return composeSql(fragment, fragments);
  });
  return text.trim();
}
