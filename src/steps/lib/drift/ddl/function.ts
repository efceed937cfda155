import type { FunctionFact } from '../../../../core/facts.ts';
import { qualified, quoteIdent, quoteLiteral } from '../../../../core/text.ts';
import type { Direction } from '../model.ts';
import { grantsOfNew } from '../privileges.ts';
import type { Side } from '../side.ts';
import { commentText } from './options.ts';

/** `public.f(a integer)`: how ALTER, DROP and GRANT name it. */
export function functionTarget(fn: FunctionFact): string {
  return `${qualified(fn.schema, fn.name)}(${fn.arguments})`;
}

export function functionWord(fn: FunctionFact): string {
  return fn.kind === 'window' ? 'function' : fn.kind;
}

/** Parameters that are lists of names (GUC_LIST_QUOTE): their values stand in the catalogue already quoted. */
const LISTS = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
]);

/** `set search_path to 'public', 'pg_temp'` of a setting as proconfig has it. */
export function settingClause(setting: string): string {
  const at = setting.indexOf('=');
  const name = setting.slice(0, at);
  const value = setting.slice(at + 1);
  if (!LISTS.has(name.toLowerCase())) return `set ${quoteIdent(name).replaceAll('"', '')} to ${quoteLiteral(value)}`;
  const items = value.match(/"(?:[^"]|"")*"|[^\s,]+/g) ?? [];
  const list = items.map((item) => quoteLiteral(item.startsWith('"') ? item.slice(1, -1).replaceAll('""', '"') : item));
  return `set ${name} to ${list.length === 0 ? "''" : list.join(', ')}`;
}

function dollarQuoted(body: string): string {
  let tag = 'function';
  while (body.includes(`$${tag}$`)) tag += '_';
  return `$${tag}$${body}$${tag}$`;
}

const DEFAULT_COST = 100;
const DEFAULT_ROWS = 1000;

export function rowsClause(rows: number): string {
  return rows === 0 ? '' : `rows ${rows}`;
}

/** CREATE OR REPLACE FUNCTION, or PROCEDURE, or CREATE AGGREGATE. */
export function createFunctionStatement(fn: FunctionFact): string {
  const name = qualified(fn.schema, fn.name);
  if (fn.kind === 'aggregate') return `create aggregate ${name}(${fn.arguments || '*'}) (${fn.aggregate ?? ''})`;
  const lines = [`create or replace ${functionWord(fn)} ${name}(${fn.parameters ?? fn.arguments})`];
  if (fn.returns !== null && fn.kind !== 'procedure') lines.push(` returns ${fn.returns}`);
  lines.push(` language ${quoteIdent(fn.language)}`);
  const attributes: string[] = [];
  if (fn.kind !== 'procedure') {
    if (fn.kind === 'window') attributes.push('window');
    attributes.push(fn.volatility);
    if (fn.strict) attributes.push('strict');
    if (fn.leakproof) attributes.push('leakproof');
    attributes.push(`parallel ${fn.parallel}`);
    if (fn.cost !== DEFAULT_COST) attributes.push(`cost ${fn.cost}`);
    if (fn.rows !== 0 && fn.rows !== DEFAULT_ROWS) attributes.push(rowsClause(fn.rows));
  }
  if (fn.securityDefiner) attributes.push('security definer');
  if (attributes.length > 0) lines.push(` ${attributes.join(' ')}`);
  for (const setting of fn.config) lines.push(` ${settingClause(setting)}`);
  lines.push(fn.sqlBody ? fn.body : `as ${dollarQuoted(fn.body)}`);
  return lines.join('\n');
}

/** Statements that make a function on `from` with owner, comment and grants as on `to`. */
export function createFunction(fn: FunctionFact, direction: Direction): string[] {
  const { from, to } = direction;
  const owner = to.role(fn.owner);
  return [
    createFunctionStatement(fn),
    ...(fn.comment === null
      ? []
      : [`comment on ${functionWord(fn)} ${functionTarget(fn)} is ${commentText(fn.comment)}`]),
    ...grantsOfNew('functions', fn.schema, grantTarget(fn), fn, direction),
    ...(owner === 'postgres' ? [] : [ownerStatement(fn, owner, from)]),
  ];
}

export function grantTarget(fn: FunctionFact): string {
  return `${fn.kind === 'procedure' ? 'procedure' : 'function'} ${functionTarget(fn)}`;
}

export function ownerStatement(fn: FunctionFact, owner: string, side: Side): string {
  return `alter ${functionWord(fn)} ${functionTarget(fn)} owner to ${side.sqlRole(owner)}`;
}

export function dropFunction(fn: FunctionFact): string[] {
  return [`drop ${functionWord(fn)} ${functionTarget(fn)}`];
}
