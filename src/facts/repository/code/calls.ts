import type { Node } from '@babel/types';
import type { Facts } from '../../../core/facts.ts';
import {
  bare,
  type Call,
  chainOf,
  isCall,
  keyName,
  type Link,
  lineOf,
  memberName,
  propertyOf,
  walkAst,
} from './ast.ts';
import { isRawBody } from './bodies.ts';
import { type ClientInfo, clientOf } from './clients.ts';
import type { Module, Modules } from './modules.ts';
import { filterColumns, type ParsedSelect, parseSelect, UNKNOWN_PART } from './select-string.ts';
import type { Side } from './sides.ts';
import { objectOf, stringsOf, textsOf } from './values.ts';

export type RepoCall = Facts['repoCode']['calls'][number];
type ColumnUse = RepoCall['columns'][number];

const OPERATIONS = new Set(['select', 'insert', 'update', 'upsert', 'delete']);
const STORAGE_METHODS = new Set([
  'upload',
  'uploadToSignedUrl',
  'update',
  'move',
  'copy',
  'download',
  'remove',
  'list',
  'listV2',
  'getPublicUrl',
  'createSignedUrl',
  'createSignedUrls',
  'createSignedUploadUrl',
  'exists',
  'info',
]);
/** Methods whose first argument is a column (postgrest-js, PostgrestFilterBuilder and PostgrestTransformBuilder). */
const COLUMN_METHODS = new Set([
  'eq',
  'neq',
  'gt',
  'gte',
  'lt',
  'lte',
  'like',
  'likeAllOf',
  'likeAnyOf',
  'ilike',
  'ilikeAllOf',
  'ilikeAnyOf',
  'is',
  'isDistinct',
  'in',
  'notIn',
  'contains',
  'containedBy',
  'rangeGt',
  'rangeGte',
  'rangeLt',
  'rangeLte',
  'rangeAdjacent',
  'overlaps',
  'textSearch',
  'filter',
  'not',
  'order',
  'regexMatch',
  'regexIMatch',
]);
const NO_CLIENTS = new Set([
  'Array',
  'Buffer',
  'Object',
  'Uint8Array',
  'Uint16Array',
  'Uint32Array',
  'Int8Array',
  'Float32Array',
  'Float64Array',
  'Observable',
  'Readable',
  'ReadableStream',
  'Map',
  'Set',
  'String',
  'Number',
  'Iterator',
]);

interface Found {
  calls: RepoCall[];
  /** The chain's own columns are judged against these. */
  chain: Call;
}

/** All supabase-js calls of one module. */
export function callsOf(module: Module, modules: Modules, side: Side): RepoCall[] {
  const chains: { call: Call; root: Node; links: Link[] }[] = [];
  walkAst(module.ast.program, (node, parent) => {
    if (isCall(node) && !continues(node, parent, module)) {
      const chain = chainOf(node);
      if (chain) chains.push({ call: node, ...chain });
    }
    return true;
  });

  const found = new Map<Node, Found>();
  const later: typeof chains = [];
  const all: RepoCall[] = [];
  for (const chain of chains) {
    const calls = callsOfChain(chain.links, module, modules, side);
    if (calls.length === 0) {
      later.push(chain);
      continue;
    }
    all.push(...calls);
    found.set(chain.call, { calls, chain: chain.call });
  }
  // `let query = supabase.from('t').select('a'); query = query.eq('b', 1)`: the filter belongs to the first chain.
  for (const { root, links } of later) {
    const first = links[0];
    if (root.type !== 'Identifier' || first?.args == null) continue;
    if (!COLUMN_METHODS.has(first.name) && !OPERATIONS.has(first.name) && first.name !== 'or' && first.name !== 'match')
      continue;
    const binding = module.scopes.lookup(root.name, root);
    const origin = binding?.kind === 'variable' && binding.init ? found.get(bare(binding.init)) : undefined;
    if (!origin) continue;
    const detail = detailOf(links, module, modules);
    for (const call of origin.calls) {
      if (call.kind !== 'from') continue;
      if (call.operation === '') call.operation = detail.operation;
      call.columns.push(...detail.columns);
      call.unvalidatedBody ||= detail.unvalidatedBody;
    }
  }
  return all.filter((call) => call.operation !== '');
}

/** True when a longer chain goes on from this call: `x.a()` in `x.a().b()`. */
function continues(node: Node, parent: Node | null, module: Module): boolean {
  let child = node;
  let up = parent;
  while (
    up &&
    (up.type === 'TSNonNullExpression' || up.type === 'TSAsExpression' || up.type === 'ParenthesizedExpression')
  ) {
    child = up;
    up = module.scopes.parentOf(up);
  }
  if (up?.type !== 'MemberExpression' && up?.type !== 'OptionalMemberExpression') return false;
  if (up.object !== child) return false;
  const next = module.scopes.parentOf(up);
  return isCall(next) ? next.callee === up : memberChainEndsInCall(up, module);
}

function memberChainEndsInCall(member: Node, module: Module): boolean {
  const parent = module.scopes.parentOf(member);
  if (isCall(parent)) return parent.callee === member;
  if (parent?.type !== 'MemberExpression' && parent?.type !== 'OptionalMemberExpression') return false;
  return parent.object === member && memberChainEndsInCall(parent, module);
}

function callsOfChain(links: readonly Link[], module: Module, modules: Modules, side: Side): RepoCall[] {
  const calls: RepoCall[] = [];
  for (const [index, link] of links.entries()) {
    if (link.args === null) continue;
    const rest = links.slice(index + 1);
    if (link.name === 'from' && links[index - 1]?.name === 'storage' && links[index - 1]?.args === null) {
      const method = rest[0]?.args ? rest[0].name : '';
      const client = clientOf((links[index - 1] as Link).on, module, modules);
      if (!link.args[0] || client === false || (!client && !STORAGE_METHODS.has(method))) continue;
      const base = {
        ...placed(link, module, side),
        kind: 'storage' as const,
        ...keyOf(client),
        schema: null,
        operation: method === '' ? 'from' : method,
      };
      calls.push(
        ...targets(link.args[0], module, modules).map((target) => ({ ...base, ...NOTHING, columns: [], target })),
      );
    } else if (link.name === 'from' && link.args.length === 1) {
      calls.push(...tableCalls(link, links[index - 1], rest, module, modules, side));
    } else if (link.name === 'rpc' && link.args[0]) {
      calls.push(...rpcCalls(link, links[index - 1], module, modules, side));
    } else if (link.name === 'invoke' && links[index - 1]?.name === 'functions' && link.args[0]) {
      if (clientOf((links[index - 1] as Link).on, module, modules) === false) continue;
      const base = {
        ...placed(link, module, side),
        kind: 'function' as const,
        secretKey: null,
        schema: null,
        operation: 'invoke',
      };
      calls.push(
        ...targets(link.args[0], module, modules).map((target) => ({
          ...base,
          ...NOTHING,
          columns: [],
          target: { ...target, value: target.value?.split(/[/?]/)[0] ?? null },
        })),
      );
    } else if (
      link.name === 'on' &&
      link.args[1] &&
      stringsOf(link.args[0] as Node, module, modules)?.[0] === 'postgres_changes'
    ) {
      calls.push(changesCall(link, module, modules, side));
    } else if (link.name === 'channel' && link.args[0] && clientOf(link.on, module, modules)) {
      const base = {
        ...placed(link, module, side),
        kind: 'channel' as const,
        secretKey: null,
        schema: null,
        operation: subscription(link.args[1], module, modules),
      };
      calls.push(
        ...targets(link.args[0], module, modules).map((target) => ({ ...base, ...NOTHING, columns: [], target })),
      );
    }
  }
  return calls;
}

/** Whether a channel is private: `{ config: { private: true } }`. Without a word it is public (realtime-js, RealtimeChannel). */
function subscription(options: Node | undefined, module: Module, modules: Modules): string {
  if (!options) return 'subscribe';
  const given = objectOf(options, module, modules);
  const config = given && propertyOf(given.node, 'config');
  if (given && !config) return given.node.type === 'ObjectExpression' ? 'subscribe' : 'subscribe unknown';
  const settings = given && config ? objectOf(config, given.module, modules) : null;
  const isPrivate = settings && propertyOf(settings.node, 'private');
  if (!settings) return 'subscribe unknown';
  if (!isPrivate) return 'subscribe';
  if (isPrivate.type !== 'BooleanLiteral') return 'subscribe unknown';
  return isPrivate.value ? 'subscribe private' : 'subscribe';
}

const NOTHING = { arguments: null, unvalidatedBody: false } as const;

function keyOf(client: ClientInfo | null | false): { secretKey: boolean | null } {
  return { secretKey: client ? client.secretKey : null };
}

function placed(link: Link, module: Module, side: Side): { path: string; line: number; column: number; side: Side } {
  // The place of the method's name, not of the chain's first line.
  const callee = isCall(link.node) ? bare(link.node.callee) : link.node;
  const name =
    callee.type === 'MemberExpression' || callee.type === 'OptionalMemberExpression' ? callee.property : callee;
  return { path: module.path, line: lineOf(name), column: (name.loc?.start.column ?? 0) + 1, side };
}

function targets(argument: Node, module: Module, modules: Modules): RepoCall['target'][] {
  const values = stringsOf(argument, module, modules);
  return values === null
    ? [{ value: null, dynamic: true }]
    : [...new Set(values)].map((value) => ({ value, dynamic: false }));
}

/** `.schema('s')` right before the step, or the client's own option. */
function schemaOf(
  before: Link | undefined,
  client: { schema: string | null } | null,
  module: Module,
  modules: Modules,
): { schema: string | null; dynamic: boolean } {
  if (before?.name !== 'schema' || !before.args?.[0]) return { schema: client?.schema ?? null, dynamic: false };
  const value = stringsOf(before.args[0], module, modules);
  return value === null ? { schema: null, dynamic: true } : { schema: value[0] ?? null, dynamic: false };
}

function tableCalls(
  link: Link,
  before: Link | undefined,
  rest: Link[],
  module: Module,
  modules: Modules,
  side: Side,
): RepoCall[] {
  const argument = link.args?.[0];
  if (!argument || argument.type === 'SpreadElement') return [];
  // Query builders put `from` after `select`; a supabase call has only `schema` before it.
  if (
    before?.args &&
    before.name !== 'schema' &&
    /^(select|selectDistinct|with|delete|insert|update|distinct)$/.test(before.name)
  )
    return [];
  const client = clientOf(link.on, module, modules);
  const root = bare(link.on);
  if (client === false || (root.type === 'Identifier' && NO_CLIENTS.has(root.name))) return [];
  const next = rest.find((step) => step.args !== null);
  const known = next !== undefined && OPERATIONS.has(next.name);
  const literal = stringsOf(argument, module, modules);
  if (!client && (!known || literal === null)) return [];
  const { schema, dynamic } = schemaOf(before, client, module, modules);
  const detail = detailOf(rest, module, modules);
  return targets(argument, module, modules).map((target) => ({
    ...placed(link, module, side),
    kind: 'from' as const,
    ...keyOf(client),
    schema,
    target: dynamic ? { value: null, dynamic: true } : target,
    operation: detail.operation,
    columns: [...detail.columns],
    arguments: null,
    unvalidatedBody: detail.unvalidatedBody,
  }));
}

function rpcCalls(link: Link, before: Link | undefined, module: Module, modules: Modules, side: Side): RepoCall[] {
  const [nameArgument, argumentsObject] = link.args ?? [];
  if (!nameArgument) return [];
  const client = clientOf(link.on, module, modules);
  const literal = stringsOf(nameArgument, module, modules);
  const aboutSupabase = module.imports.some((source) => /supabase/i.test(source));
  if (client === false) return [];
  if (!client && !(aboutSupabase && literal?.every((name) => /^[a-z_][a-z0-9_]*$/.test(name)))) return [];
  const { schema, dynamic } = schemaOf(before, client, module, modules);
  const object = argumentsObject ? objectOf(argumentsObject, module, modules) : null;
  const names =
    argumentsObject === undefined ? [] : object?.node.type === 'ObjectExpression' ? literalKeys(object.node) : null;
  return targets(nameArgument, module, modules).map((target) => ({
    ...placed(link, module, side),
    kind: 'rpc' as const,
    ...keyOf(client),
    schema,
    target: dynamic ? { value: null, dynamic: true } : target,
    operation: 'execute',
    columns: [],
    arguments: names,
    unvalidatedBody: argumentsObject ? isRawBody(argumentsObject, module) : false,
  }));
}

/** Keys of an object literal; null when a spread or a computed key hides some. */
function literalKeys(node: Node): string[] | null {
  if (node.type !== 'ObjectExpression') return null;
  const keys = node.properties.map(keyName);
  return keys.every((key) => key !== null) ? (keys as string[]) : null;
}

function changesCall(link: Link, module: Module, modules: Modules, side: Side): RepoCall {
  const options = objectOf((link.args as Node[])[1] as Node, module, modules);
  const read = (name: string): { value: string | null; dynamic: boolean } => {
    if (options === null) return { value: null, dynamic: true };
    const value = propertyOf(options.node, name);
    if (value === null) return { value: null, dynamic: false };
    const strings = stringsOf(value, options.module, modules);
    return strings === null ? { value: null, dynamic: true } : { value: strings[0] ?? null, dynamic: false };
  };
  const table = read('table');
  const filter = read('filter').value;
  const column = filter === null ? null : /^([^=]+)=/.exec(filter)?.[1];
  const line = lineOf(link.node);
  return {
    ...placed(link, module, side),
    kind: 'postgres_changes',
    secretKey: null,
    schema: read('schema').value ?? 'public',
    target: table.value === '*' ? { value: null, dynamic: false } : table,
    operation: (read('event').value ?? '*').toLowerCase(),
    columns: column ? [{ relation: null, name: column, line }] : [],
    ...NOTHING,
  };
}

interface Detail {
  operation: string;
  columns: ColumnUse[];
  unvalidatedBody: boolean;
}

/** Operation and columns of what follows `from(…)`. */
function detailOf(steps: readonly Link[], module: Module, modules: Modules): Detail {
  const detail: Detail = { operation: '', columns: [], unvalidatedBody: false };
  const aliases = new Map<string, string>();
  const embedded = new Set<string>();
  for (const { name, args } of steps) {
    if (args === null) continue;
    if (OPERATIONS.has(name) && detail.operation === '') detail.operation = name;
    const first = args[0];
    if (name === 'select' && first) {
      for (const { text, line, exact } of located(first, module, modules)) {
        const parsed = parseSelect(text);
        if (parsed) addSelect(parsed, text, line, exact, detail, aliases, embedded);
      }
    }
    if ((name === 'insert' || name === 'upsert' || name === 'update') && first) {
      detail.columns.push(...writtenColumns(first, module, modules));
      detail.unvalidatedBody ||= isRawBody(first, module);
      const conflict = name === 'upsert' ? propertyOf(args[1], 'onConflict') : null;
      const columns = conflict ? stringsOf(conflict, module, modules)?.[0] : undefined;
      for (const column of columns?.split(',') ?? [])
        detail.columns.push({ relation: null, name: column.trim(), line: lineOf(conflict as Node) });
    }
    if (name === 'match' && first?.type === 'ObjectExpression') {
      for (const property of first.properties) {
        const key = keyName(property);
        if (key !== null) detail.columns.push({ relation: null, name: key, line: lineOf(property) });
      }
    }
    if (COLUMN_METHODS.has(name) && first) {
      const table = tableOption(args[1], module, modules);
      for (const column of stringsOf(first, module, modules) ?? []) {
        addFilter(column, table, lineOf(first), detail, aliases, embedded);
      }
    }
    if (name === 'or' && first) {
      const table = tableOption(args[1], module, modules);
      for (const { text, line } of located(first, module, modules)) {
        for (const column of filterColumns(text)) addFilter(column.name, table, line, detail, aliases, embedded);
      }
    }
  }
  return detail;
}

/** `{ referencedTable: 'x' }` of order, limit and or; undefined when there is none. */
function tableOption(options: Node | undefined, module: Module, modules: Modules): string | undefined {
  const value = propertyOf(options, 'referencedTable') ?? propertyOf(options, 'foreignTable');
  return value ? (stringsOf(value, module, modules)?.[0] ?? UNKNOWN_PART) : undefined;
}

/** The texts an expression can be, with the line of the literal; `exact` when line breaks in it are those of the file. */
function located(node: Node, module: Module, modules: Modules): { text: string; line: number; exact: boolean }[] {
  const inner = bare(node);
  const exact = inner.type === 'TemplateLiteral' && inner.expressions.length === 0;
  return (textsOf(inner, module, modules) ?? []).map((text) => ({ text, line: lineOf(inner), exact }));
}

function addSelect(
  parsed: ParsedSelect,
  text: string,
  line: number,
  exact: boolean,
  detail: Detail,
  aliases: Map<string, string>,
  embedded: Set<string>,
): void {
  for (const [alias, relation] of parsed.aliases) aliases.set(alias, relation);
  for (const column of parsed.columns) {
    const relation = column.path.length === 0 ? null : column.path.join('.');
    if (relation !== null) embedded.add(relation);
    const below = exact ? text.slice(0, column.offset).split('\n').length - 1 : 0;
    detail.columns.push({ relation, name: column.name, line: line + below });
  }
}

function addFilter(
  written: string,
  table: string | undefined,
  line: number,
  detail: Detail,
  aliases: Map<string, string>,
  embedded: Set<string>,
): void {
  const plain = (written.split('->')[0] ?? '').split('::')[0]?.trim().replaceAll('"', '') ?? '';
  if (plain === '' || plain.includes(UNKNOWN_PART) || /[[\]]/.test(plain)) return;
  const dot = plain.lastIndexOf('.');
  const before = table ?? (dot === -1 ? null : plain.slice(0, dot));
  const ordered = /^([^(]+)\(([^)]+)\)$/.exec(plain);
  if (ordered?.[1] && ordered[2]) {
    addFilter(ordered[2], ordered[1], line, detail, aliases, embedded);
    return;
  }
  const name = dot === -1 ? plain : plain.slice(dot + 1);
  if (before === null) {
    // `.is('rel', null)` filters by an embedded resource, by its name or alias.
    if (!embedded.has(name) && !aliases.has(name)) detail.columns.push({ relation: null, name, line });
    return;
  }
  const relation = aliases.get(before) ?? before;
  if (embedded.has(relation)) detail.columns.push({ relation, name, line });
}

/** Columns of the object (or list of objects) that is written. */
function writtenColumns(node: Node, module: Module, modules: Modules): ColumnUse[] {
  const inner = bare(node);
  if (inner.type === 'ArrayExpression') {
    return inner.elements.flatMap((element) =>
      element && element.type !== 'SpreadElement' ? writtenColumns(element, module, modules) : [],
    );
  }
  if (isCall(inner)) {
    // `rows.map((row) => ({ … }))`
    const callback = memberName(bare(inner.callee)) === 'map' && inner.arguments[0] ? bare(inner.arguments[0]) : null;
    if (callback?.type === 'ArrowFunctionExpression' && callback.body.type !== 'BlockStatement')
      return writtenColumns(callback.body, module, modules);
    return [];
  }
  const object = objectOf(inner, module, modules);
  if (object?.node.type !== 'ObjectExpression') return [];
  return object.node.properties.flatMap((property) => {
    const key = keyName(property);
    // `column: undefined` is not sent.
    if (key === null || property.type !== 'ObjectProperty') return [];
    if (property.value.type === 'Identifier' && property.value.name === 'undefined') return [];
    return [{ relation: null, name: key, line: object.module === module ? lineOf(property) : lineOf(inner) }];
  });
}
