import type { Facts, FunctionFact, Relation } from '../../core/facts.ts';
import type { Location } from '../../core/finding.ts';
import { exposedSchemas, relationNamed } from '../lib/exposure.ts';
import { perFacet } from '../lib/memo.ts';
import { groupBy, keyOf } from '../lib/tables.ts';

/* What the code calls, looked up in the final catalogue: renamed tables are found under their new name only. */

export type CodeCall = Facts['repoCode']['calls'][number];

export function callLocation(call: CodeCall, line = call.line): Location {
  return { file: call.path, line, column: line === call.line ? call.column : 1 };
}

/** `src/a.ts:3`, and how many more places there are. */
export function places(calls: readonly CodeCall[]): string {
  const first = calls[0];
  if (!first) return '';
  const more = calls.length - 1;
  return `${first.path}:${first.line}${more === 0 ? '' : more === 1 ? ' and one more place' : ` and ${more} more places`}`;
}

export type Lookup =
  | { state: 'found'; relation: Relation }
  /** It exists, in a schema the Data API does not serve. */
  | { state: 'not-exposed'; relation: Relation }
  | { state: 'missing'; schema: string };

/**
 * The relation a call names. Without `.schema()` the Data API looks in its first schema; a relation in another exposed one
 * counts as found, since the client may have been made for that schema.
 */
export function lookUp(
  facts: Pick<Facts, 'relations' | 'database'> & Partial<Pick<Facts, 'repoConfig'>>,
  call: CodeCall,
): Lookup {
  const exposed = exposedSchemas(facts) ?? ['public'];
  const name = call.target.value ?? '';
  for (const schema of call.schema === null ? exposed : [call.schema]) {
    const relation = relationNamed(facts, schema, name);
    if (!relation) continue;
    const served = exposed.includes(schema) || exposedSchemas(facts) === null || call.kind === 'postgres_changes';
    return { state: served ? 'found' : 'not-exposed', relation };
  }
  const elsewhere = facts.relations.filter((relation) => relation.name === name && !relation.platform);
  const [only] = elsewhere;
  if (call.schema === null && only && exposedSchemas(facts) !== null) return { state: 'not-exposed', relation: only };
  return { state: 'missing', schema: call.schema ?? exposed[0] ?? 'public' };
}

const functionsByName = perFacet((functions: readonly FunctionFact[]) =>
  groupBy(
    functions.filter((fn) => fn.trigger === null && fn.kind !== 'aggregate' && fn.kind !== 'window'),
    (fn) => fn.name,
  ),
);

/** Functions an rpc call can mean: every overload, in the schema named or in an exposed one. */
export function functionsFor(
  facts: Pick<Facts, 'functions' | 'database'> & Partial<Pick<Facts, 'repoConfig'>>,
  call: CodeCall,
): FunctionFact[] {
  const exposed = exposedSchemas(facts) ?? ['public'];
  const schemas = call.schema === null ? exposed : [call.schema];
  return (functionsByName(facts.functions).get(call.target.value ?? '') ?? []).filter((fn) =>
    schemas.includes(fn.schema),
  );
}

export interface ArgumentFact {
  /** Null when the argument has no name. */
  name: string | null;
  type: string;
}

const argumentsOf = new Map<string, readonly ArgumentFact[]>();

/** The input arguments in the text of pg_get_function_identity_arguments. */
export function inputArguments(text: string): readonly ArgumentFact[] {
  const known = argumentsOf.get(text);
  if (known) return known;
  const found: ArgumentFact[] = [];
  for (const part of splitTopLevel(text)) {
    const words = wordsOf(part);
    const mode = words[0]?.toUpperCase();
    if (mode === 'OUT' || mode === 'TABLE') continue;
    const rest = mode === 'IN' || mode === 'INOUT' || mode === 'VARIADIC' ? words.slice(1) : words;
    const [first] = rest;
    if (first === undefined) continue;
    if (rest.length === 1) found.push({ name: null, type: first });
    else found.push({ name: unquoted(first), type: rest.slice(1).join(' ') });
  }
  argumentsOf.set(text, found);
  return found;
}

function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = text[at];
    if (char === '"') quoted = !quoted;
    if (!quoted && char === '(') depth++;
    if (!quoted && char === ')') depth--;
    if (at === text.length || (char === ',' && depth === 0 && !quoted)) {
      const part = text.slice(start, at).trim();
      if (part !== '') parts.push(part);
      start = at + 1;
    }
  }
  return parts;
}

function wordsOf(text: string): string[] {
  return text.match(/"(?:[^"]|"")*"(?:\.[^\s]+)?|\S+/g) ?? [];
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

const rowFunctions = perFacet((functions: readonly FunctionFact[]) => {
  const byKey = new Map<string, FunctionFact>();
  for (const fn of functions) {
    const [argument, ...others] = inputArguments(fn.arguments);
    if (!argument || others.length > 0) continue;
    const type = argument.type.replaceAll('"', '');
    byKey.set(`${type.slice(type.lastIndexOf('.') + 1)}\u0000${fn.name}`, fn);
  }
  return byKey;
});

/** The function that is a computed column, or a computed relationship, of a relation: it takes the relation's row type. */
export function computedOn(
  facts: Pick<Facts, 'functions'>,
  relation: Relation,
  name: string,
): FunctionFact | undefined {
  return rowFunctions(facts.functions).get(`${relation.name}\u0000${name}`);
}

export type Embedding = Relation | 'unknown' | 'missing';

type EmbedFacts = Pick<Facts, 'relations' | 'constraints' | 'functions' | 'database' | 'views'>;

const foreignKeys = perFacet((constraints: Facts['constraints']) => {
  const keys = constraints.filter((constraint) => constraint.type === 'f' && constraint.references !== null);
  const touching = new Map<string, typeof keys>();
  for (const key of keys) {
    const target = key.references;
    if (!target) continue;
    for (const side of new Set([keyOf(key.schema, key.table), keyOf(target.schema, target.table)])) {
      touching.set(side, [...(touching.get(side) ?? []), key]);
    }
  }
  return touching;
});

/**
 * What an embedded resource of a select string is, seen from its parent: a relation joined by a foreign key (directly or
 * through a junction table), the foreign key's or its column's name, or a computed relationship. `unknown` where views make
 * that guesswork (PostgREST docs, “Resource Embedding”).
 */
export function embedded(facts: EmbedFacts, parent: Relation, name: string): Embedding {
  if (computedOn(facts, parent, name)) return 'unknown';
  const keys = foreignKeys(facts.constraints).get(keyOf(parent.schema, parent.name)) ?? [];
  for (const key of keys) {
    const target = key.references;
    if (!target) continue;
    const own = key.schema === parent.schema && key.table === parent.name;
    const byName = key.name === name;
    const byColumn = own && key.columns.length === 1 && key.columns[0] === name;
    if (!byName && !byColumn) continue;
    const other = own ? relationNamed(facts, target.schema, target.table) : relationNamed(facts, key.schema, key.table);
    return other ?? 'unknown';
  }
  const named =
    relationNamed(facts, parent.schema, name) ??
    facts.relations.find((relation) => relation.name === name && !relation.platform);
  // Of a view PostgREST follows the base tables' keys; so does whoever embeds one.
  if (parent.kind === 'view' || parent.kind === 'materialized view') return named ?? 'unknown';
  if (!named) return 'missing';
  if (named.kind === 'view' || named.kind === 'materialized view') return named;
  return joined(facts, parent, named) ? named : 'missing';
}

function joined(facts: EmbedFacts, parent: Relation, child: Relation): boolean {
  const touching = foreignKeys(facts.constraints);
  const childKey = keyOf(child.schema, child.name);
  for (const key of touching.get(keyOf(parent.schema, parent.name)) ?? []) {
    const target = key.references;
    if (!target) continue;
    const ends = [keyOf(key.schema, key.table), keyOf(target.schema, target.table)];
    if (ends.includes(childKey)) return true;
    // Through a junction table: it references both.
    const junction = keyOf(key.schema, key.table);
    for (const second of touching.get(junction) ?? []) {
      const far = second.references;
      if (far && keyOf(second.schema, second.table) === junction && keyOf(far.schema, far.table) === childKey)
        return true;
    }
  }
  return parent === child;
}
