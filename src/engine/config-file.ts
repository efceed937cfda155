import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { type Config, configSchema } from '../core/config.ts';
import { EXIT, UserError } from '../core/errors.ts';

export const CONFIG_FILE = 'supaready.config.json';

/** Keys whose value is a credential: their text must never be repeated in an error. */
const SECRET_KEYS = new Set([
  'database',
  'publishableKey',
  'secretKey',
  'managementToken',
  'shadow',
  'email',
  'password',
]);

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** The nearest enclosing directory, from `from` upwards, that holds a configuration file; null when there is none. */
export function findConfigFile(from: string): string | null {
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    const candidate = join(directory, CONFIG_FILE);
    if (existsSync(candidate)) return candidate;
    if (dirname(directory) === directory) return null;
  }
}

function nodeFor(tree: Node | undefined, path: readonly PropertyKey[]): Node | undefined {
  if (!tree) return undefined;
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length) as (string | number)[]);
    if (node) return node.parent?.type === 'property' ? node.parent : node;
  }
  return tree;
}

/**
 * Reads and validates supaready.config.json. Throws UserError (exit 2) naming key, file and line; a literal secret is
 * refused without being repeated.
 */
export function readConfig(file: string): Config {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError('config-unreadable', `cannot read ${file}`, 'check the path and its rights', EXIT.usage, error);
  }
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [syntax] = errors;
  if (syntax || !tree) {
    throw new UserError(
      'config-syntax',
      `${file}:${lineOf(text, syntax?.offset ?? 0)}: not valid JSON (${syntax ? printParseErrorCode(syntax.error) : 'empty'})`,
      'mend the file, or write it anew with `supaready init`',
    );
  }
  const parsed = configSchema().safeParse(toValue(tree));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (!issue) throw new UserError('config-invalid', `${file} is not valid`, 'write it anew with `supaready init`');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const at = nodeFor(tree, [...issue.path, key]);
    throw new UserError(
      'config-unknown-key',
      `${file}:${lineOf(text, at?.offset ?? 0)}: unknown key “${[...issue.path, key].join('.')}”`,
      'remove it, or check its spelling against schemas/config.schema.json',
    );
  }
  const at = nodeFor(tree, issue.path);
  const key = String(issue.path.at(-1) ?? '');
  const secret = SECRET_KEYS.has(key);
  throw new UserError(
    secret ? 'config-literal-secret' : 'config-invalid',
    `${file}:${lineOf(text, at?.offset ?? 0)}: “${issue.path.join('.')}” ${secret ? 'must be a reference, not the secret itself' : `is not valid: ${issue.message}`}`,
    secret
      ? `put the secret into the environment and write "${key}": "env:NAME" here; if the file was ever committed, rotate the secret`
      : 'correct it; schemas/config.schema.json describes every key',
  );
}

/** The tree as a plain value. Duplicate keys are refused: the second would silently win. */
function toValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(toValue);
  if (node.type !== 'object') return node.value;
  const object: Record<string, unknown> = {};
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (!key || !value) continue;
    if (Object.hasOwn(object, key.value))
      throw new UserError(
        'config-duplicate-key',
        `the key “${key.value}” stands twice in ${CONFIG_FILE}`,
        'keep one of them',
      );
    object[key.value] = toValue(value);
  }
  return object;
}

function fromKeychain(name: string, key: string): string {
  const [command, args] =
    process.platform === 'darwin'
      ? ['security', ['find-generic-password', '-s', 'supaready', '-a', name, '-w']]
      : ['secret-tool', ['lookup', 'service', 'supaready', 'account', name]];
  try {
    return execFileSync(command as string, args as string[], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trimEnd();
  } catch (error) {
    throw new UserError(
      'keychain-missing',
      `the keychain has no entry “${name}” of service supaready, which “${key}” refers to`,
      `store it there (\`${command}\`), or use env:NAME instead`,
      EXIT.usage,
      error,
    );
  }
}

/**
 * The secret behind a reference. `ask` is called for `prompt` (null where nobody can be asked).
 * Throws UserError (exit 2) naming the key and the variable, never a value.
 */
export async function resolveSecret(
  reference: string,
  key: string,
  ask: ((label: string) => Promise<string>) | null,
): Promise<string> {
  if (reference.startsWith('env:')) {
    const name = reference.slice(4);
    const value = process.env[name];
    if (value === undefined || value === '') {
      throw new UserError(
        'config-missing-variable',
        `“${key}” refers to the environment variable ${name}, which is not set`,
        `set it: export ${name}=…`,
        EXIT.usage,
      );
    }
    return value;
  }
  if (reference.startsWith('keychain:')) return fromKeychain(reference.slice('keychain:'.length), key);
  if (!ask)
    throw new UserError(
      'config-needs-prompt',
      `“${key}” is asked for at start, and there is no terminal to ask on`,
      'use "env:NAME" for runs without a terminal',
      EXIT.usage,
    );
  return ask(key);
}
