import { parse, TomlError } from 'smol-toml';
import type { Facts } from '../../core/facts.ts';
import { baseName, folderOf, type Repository } from './files.ts';

/** Last word of a key whose value is a secret in supabase/config.toml. */
const SECRET_KEY = /(^|_)(secrets?|token|password|pass|passwd|key|keys|credentials?|apikey)$/i;
/** Keys that end like secrets and are none. */
const NO_SECRET =
  /^(access_key_id|s3_access_key|publishable_key|anon_key|public_key|signing_keys_path|key_id|site_key|client_key)$/i;
/** Parts of config.toml that hold secrets; elsewhere "key" means other things. */
const SECRET_PARTS = new Set([
  'auth',
  'edge_runtime',
  'studio',
  'experimental',
  'storage',
  'db',
  'remotes',
  'analytics',
]);
const MASK = '[REDACTED:literal]';

/** The project's supabase/config.toml, wherever in the repository it is: the one nearest to the root. Null when there is none. */
export function findConfig(repository: Repository): string | null {
  const found = [...repository.files, ...repository.untracked].filter(
    (path) =>
      baseName(path) === 'config.toml' && baseName(folderOf(path)) === 'supabase' && !path.includes('node_modules/'),
  );
  return nearest(found);
}

/** The path with the fewest folders, then the first by name. */
export function nearest(paths: readonly string[]): string | null {
  const sorted = [...paths].sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
  return sorted[0] ?? null;
}

/** Reads config.toml; literal secrets are named with their line and masked before anything is kept. */
export function readConfig(repository: Repository): Facts['repoConfig'] {
  const path = findConfig(repository);
  if (path === null) return null;
  const text = repository.read(path)?.text;
  if (text === undefined)
    return { path, values: {}, literalSecrets: [], lines: {}, error: 'the file could not be read as text' };
  try {
    const values = parse(text) as Record<string, unknown>;
    const lines = keyLines(text);
    const literalSecrets: { key: string; line: number }[] = [];
    const masked = mask(values, [], (key) => literalSecrets.push({ key, line: lines.get(key) ?? 1 }));
    return {
      path,
      values: masked as Record<string, unknown>,
      literalSecrets,
      lines: Object.fromEntries(lines),
      error: null,
    };
  } catch (error) {
    // The parser's message quotes the line, which may hold a secret: only the place is kept.
    const where = error instanceof TomlError ? ` at line ${error.line}` : '';
    return { path, values: {}, literalSecrets: [], lines: {}, error: `not valid TOML${where}` };
  }
}

function mask(value: unknown, path: readonly string[], onSecret: (key: string) => void): unknown {
  if (Array.isArray(value)) return value.map((item) => mask(item, path, onSecret));
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return Number(value);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, mask(inner, [...path, key], onSecret)]),
    );
  }
  if (typeof value !== 'string' || !isLiteralSecret(path, value)) return value;
  onSecret(path.join('.'));
  return MASK;
}

function isLiteralSecret(path: readonly string[], value: string): boolean {
  const key = path.at(-1) ?? '';
  // An entry of [edge_runtime.secrets] is a secret whatever its name.
  const named = (SECRET_KEY.test(key) && !NO_SECRET.test(key)) || path.at(-2) === 'secrets';
  if (!named || !SECRET_PARTS.has(path[0] ?? '')) return false;
  const text = value.trim();
  return text !== '' && !/^env\(.*\)$/i.test(text) && !/^encrypted:/.test(text);
}

/** Line of every `key = …`, by dotted path. A reading of TOML's line structure only: values were read by the TOML parser. */
function keyLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  let table = '';
  text.split('\n').forEach((line, index) => {
    const header = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?/.exec(line);
    if (header?.[1]) {
      table = dotted(header[1]);
      return;
    }
    const assignment = /^\s*([\w."' -]+?)\s*=/.exec(line);
    if (!assignment?.[1]) return;
    const key = table === '' ? dotted(assignment[1]) : `${table}.${dotted(assignment[1])}`;
    if (!lines.has(key)) lines.set(key, index + 1);
  });
  return lines;
}

function dotted(key: string): string {
  return key
    .split('.')
    .map((part) => part.trim().replace(/^["']|["']$/g, ''))
    .join('.');
}
