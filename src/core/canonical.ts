import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** SHA-256 of text (UTF-8) or bytes, as 64 lowercase hex digits. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** Values with more different keys than this are left to the library: each object is looked up for every key. */
const MANY_KEYS = 150;

/** Gathers the keys of all objects in a value; false when only the library can be trusted with it. */
function gatherKeys(value: unknown, keys: Set<string>): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!gatherKeys(item, keys)) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key in value) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner === undefined) continue;
    // Asked for by name, every object has one: its prototype.
    if (key === '__proto__') return false;
    keys.add(key);
    if (keys.size > MANY_KEYS || !gatherKeys(inner, keys)) return false;
  }
  return true;
}

/** True for plain data whose objects' keys already stand in canonical order, as our own facets' do. */
function isInOrder(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!isInOrder(item)) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  let before = '';
  for (const key in value) {
    if (key < before || !isInOrder((value as Record<string, unknown>)[key])) return false;
    before = key;
  }
  return true;
}

/**
 * RFC 8785 (JCS) text of a JSON value. Throws TypeError on NaN, Infinity and values JSON cannot carry.
 * Plain data with few different keys (a facet of 60,000 rows) is written by JSON.stringify itself, told the keys in their
 * canonical order: numbers and strings already have JCS's form there.
 */
export function canonicalJson(value: unknown): string {
  if (isInOrder(value)) return JSON.stringify(value);
  const keys = new Set<string>();
  if (gatherKeys(value, keys)) return JSON.stringify(value, [...keys].sort());
  const text = (canonicalize as unknown as (input: unknown) => string | undefined)(value);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}

/** SHA-256 of the canonical JSON of a value. */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}
