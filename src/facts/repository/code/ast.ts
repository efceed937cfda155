import { type ParserOptions, type ParserPlugin, parse } from '@babel/parser';
import type { CallExpression, Expression, File, Node, OptionalCallExpression } from '@babel/types';

export type Call = CallExpression | OptionalCallExpression;

export const CODE_FILE = /\.([cm]?[jt]sx?|vue|svelte|astro)$/;

const BASE: ParserOptions = {
  sourceType: 'module',
  errorRecovery: true,
  allowAwaitOutsideFunction: true,
  allowReturnOutsideFunction: true,
  allowSuperOutsideMethod: true,
  allowUndeclaredExports: true,
  allowNewTargetOutsideFunction: true,
  attachComment: false,
};

function pluginsFor(path: string): ParserPlugin[] {
  if (/\.[cm]?ts$/.test(path)) return ['typescript', 'decorators-legacy'];
  if (/\.([cm]?tsx|vue|svelte|astro)$/.test(path)) return ['typescript', 'jsx', 'decorators-legacy'];
  return ['jsx', 'flow', 'decorators-legacy'];
}

/** Parses JavaScript or TypeScript, or the script blocks of a component file. Errors that the parser recovers from are let pass. */
export function parseCode(
  path: string,
  text: string,
): { ast: File; error: null } | { ast: null; error: { line: number; message: string } } {
  const source = /\.(vue|svelte|astro)$/.test(path) ? scriptBlocks(path, text) : text;
  try {
    return { ast: parse(source, { ...BASE, plugins: pluginsFor(path) }), error: null };
  } catch (error) {
    const { loc, message } = error as { loc?: { line: number }; message: string };
    return { ast: null, error: { line: loc?.line ?? 1, message: message.split('\n')[0] ?? 'does not parse' } };
  }
}

/** Parses a file of TypeScript types (also a declaration file). */
export function parseCodeOfTypes(text: string): ReturnType<typeof parseCode> {
  return parseCode('types.ts', text);
}

/** The text with everything outside `<script>` blocks (and Astro's front matter) blanked, so that lines stay where they are. */
function scriptBlocks(path: string, text: string): string {
  const keep: [number, number][] = [];
  const frontMatter = path.endsWith('.astro') ? /^\s*---\r?\n([\s\S]*?)\r?\n---/d.exec(text)?.indices?.[1] : undefined;
  if (frontMatter) keep.push(frontMatter);
  else
    for (const match of text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/dgi))
      if (match.indices?.[1]) keep.push(match.indices[1]);
  let out = '';
  let at = 0;
  for (const [start, end] of keep) {
    out += text.slice(at, start).replace(/[^\n]/g, ' ') + text.slice(start, end);
    at = end;
  }
  return out + text.slice(at).replace(/[^\n]/g, ' ');
}

const SKIPPED_KEYS = new Set([
  'type',
  'start',
  'end',
  'loc',
  'extra',
  'errors',
  'comments',
  'tokens',
  'range',
  'leadingComments',
  'trailingComments',
  'innerComments',
]);

/** The nodes directly below a node, in source order. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (value === null || typeof value !== 'object' || SKIPPED_KEYS.has(key)) continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) children.push(item);
    } else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is Node {
  return value !== null && typeof value === 'object' && typeof (value as { type?: unknown }).type === 'string';
}

/** Visits every node below and including `node`, outermost first; a visitor that returns false prunes that branch. Not recursive: trees may be deep. */
export function walkAst(node: Node, visit: (node: Node, parent: Node | null) => boolean | undefined): void {
  const stack: [Node, Node | null][] = [[node, null]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [current, parent] = next;
    if (visit(current, parent) === false) continue;
    const children = childrenOf(current);
    for (let at = children.length - 1; at >= 0; at--) stack.push([children[at] as Node, current]);
  }
}

/** Without parentheses, `!`, `as`, `satisfies` and type assertions around it. */
export function bare(node: Node): Node {
  let current = node;
  while (
    current.type === 'TSNonNullExpression' ||
    current.type === 'TSAsExpression' ||
    current.type === 'TSSatisfiesExpression' ||
    current.type === 'TSTypeAssertion' ||
    current.type === 'ParenthesizedExpression' ||
    current.type === 'TypeCastExpression'
  ) {
    current = current.expression;
  }
  return current;
}

export function isCall(node: Node | null | undefined): node is Call {
  return node?.type === 'CallExpression' || node?.type === 'OptionalCallExpression';
}

/** Name of a member's property when it is fixed: `a.b`, `a['b']`, `a?.b`; null otherwise. */
export function memberName(node: Node): string | null {
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return null;
  const { property, computed } = node;
  if (!computed && property.type === 'Identifier') return property.name;
  return computed && property.type === 'StringLiteral' ? property.value : null;
}

/** The expression before the dot of a member. */
export function memberObject(node: Node): Expression | null {
  return (node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression') && node.object.type !== 'Super'
    ? node.object
    : null;
}

/** `a.b.c` as text for names and members only; null for anything else. */
export function dottedName(node: Node): string | null {
  const inner = bare(node);
  if (inner.type === 'Identifier') return inner.name;
  if (inner.type === 'ThisExpression') return 'this';
  if (inner.type === 'MetaProperty') return `${inner.meta.name}.${inner.property.name}`;
  const name = memberName(inner);
  const object = memberObject(inner);
  if (name === null || object === null) return null;
  const before = dottedName(object);
  return before === null ? null : `${before}.${name}`;
}

/** Name of a fixed key of an object literal's property; null for computed ones and spreads. */
export function keyName(node: Node): string | null {
  if (node.type !== 'ObjectProperty' && node.type !== 'ObjectMethod') return null;
  if (node.key.type === 'Identifier' && !node.computed) return node.key.name;
  return node.key.type === 'StringLiteral' ? node.key.value : null;
}

/** The value of an object literal's property, by name. */
export function propertyOf(node: Node | null | undefined, name: string): Node | null {
  if (node?.type !== 'ObjectExpression') return null;
  for (const property of node.properties) {
    if (property.type === 'ObjectProperty' && keyName(property) === name) return property.value;
  }
  return null;
}

export function lineOf(node: Node): number {
  return node.loc?.start.line ?? 1;
}

/** One step of a method chain. */
export interface Link {
  name: string;
  /** Arguments of a call; null for a plain property. */
  args: Node[] | null;
  /** The member expression, or the call of it. */
  node: Node;
  /** The expression the step is taken on. */
  on: Node;
}

/** `root.a.b(1).c()` as its root and steps. Null when the outermost expression is no call of a member. */
export function chainOf(call: Call): { root: Node; links: Link[] } | null {
  const links: Link[] = [];
  let current: Node = call;
  for (;;) {
    current = bare(current);
    const callee: Node | null = isCall(current) ? bare(current.callee) : null;
    const member: Node = callee ?? current;
    const name = memberName(member);
    const object = memberObject(member);
    if (name === null || object === null) break;
    links.unshift({ name, args: isCall(current) ? current.arguments : null, node: current, on: object });
    current = object;
  }
  return links.length === 0 ? null : { root: current, links };
}
