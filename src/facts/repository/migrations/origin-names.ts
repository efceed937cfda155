import { nameParts } from '../../../core/sql.ts';
import { fits } from './origin-grants.ts';
import { type ObjectKey, type OriginStore, type Place, RELATION_KINDS, type Tracked } from './origin-store.ts';

type Body = Record<string, unknown>;
type Split = (parts: string[]) => { schema: string; name: string };

const FUNCTIONS = new Set(['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_ROUTINE', 'OBJECT_AGGREGATE']);
const RELATIONS = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_FOREIGN_TABLE',
  'OBJECT_SEQUENCE',
  'OBJECT_INDEX',
]);
const ON_TABLE: Readonly<Record<string, string>> = {
  OBJECT_POLICY: 'policy',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_TABCONSTRAINT: 'constraint',
  OBJECT_RULE: 'rule',
};
const PLAIN: Readonly<Record<string, string>> = {
  OBJECT_SCHEMA: 'schema',
  OBJECT_EXTENSION: 'extension',
  OBJECT_PUBLICATION: 'publication',
};

/** The relation, or the index, of a name. */
function relationNamed(store: OriginStore, schema: string, name: string): Tracked | undefined {
  const found = store.ofRelation(schema, name).find(({ kind }) => RELATION_KINDS.has(kind));
  if (found) return found;
  for (const object of store.all())
    if (object.kind === 'index' && object.schema === schema && object.name === name) return object;
  return undefined;
}

/** Gives a relation and what belongs to it another name or schema. */
function moveRelation(store: OriginStore, schema: string, name: string, to: { schema: string; name: string }): void {
  const relation = relationNamed(store, schema, name);
  if (relation?.kind === 'index') {
    store.change(relation, { name: to.name });
    const constraint = store.get({ ...keyOn(relation, 'constraint'), name });
    if (constraint) store.change(constraint, { name: to.name });
    return;
  }
  for (const object of store.ofRelation(schema, name))
    store.change(object, object.table === null ? to : { schema: to.schema, table: to.name });
}

function keyOn({ schema, name, table }: Tracked, kind: string): ObjectKey {
  return { kind, schema, name, table };
}

export function renamed(store: OriginStore, body: Body, split: Split): void {
  const type = String(body.renameType);
  const newName = String(body.newname);
  const { schemaname, relname } = (body.relation ?? {}) as { schemaname?: string; relname?: string };
  const relation = split(schemaname ? [schemaname, relname ?? ''] : [relname ?? '']);
  const onTable = ON_TABLE[type];
  if (RELATIONS.has(type))
    moveRelation(store, relation.schema, relation.name, { schema: relation.schema, name: newName });
  else if (type === 'OBJECT_COLUMN') {
    const column = store.get({ kind: 'column', ...relation, column: String(body.subname) });
    if (column) store.change(column, { column: newName });
  } else if (onTable) {
    const key = { schema: relation.schema, table: relation.name, name: String(body.subname) };
    for (const kind of onTable === 'constraint' ? ['constraint', 'index'] : [onTable]) {
      const object = store.get({ ...key, kind });
      if (object) store.change(object, { name: newName });
    }
  } else if (FUNCTIONS.has(type)) {
    for (const fn of functionsMeant(store, body.object, split)) store.change(fn, { name: newName });
  } else if (type === 'OBJECT_TYPE' || type === 'OBJECT_DOMAIN') {
    const object = store.get({ kind: 'type', ...split(typeName(body.object)) });
    if (object) store.change(object, { name: newName });
  } else if (type === 'OBJECT_SCHEMA') {
    for (const object of [...store.all()]) {
      if (object.schema === body.subname) store.change(object, { schema: newName });
      else if (object.kind === 'schema' && object.name === body.subname) store.change(object, { name: newName });
    }
  }
}

export function moved(store: OriginStore, body: Body, split: Split): void {
  const schema = String(body.newschema);
  if (body.relation) {
    const { schemaname, relname = '' } = body.relation as { schemaname?: string; relname?: string };
    const from = split(schemaname ? [schemaname, relname] : [relname]);
    moveRelation(store, from.schema, from.name, { schema, name: from.name });
  } else if (FUNCTIONS.has(String(body.objectType))) {
    for (const fn of functionsMeant(store, body.object, split)) store.change(fn, { schema });
  } else {
    const object = store.get({ kind: 'type', ...split(typeName(body.object)) });
    if (object) store.change(object, { schema });
  }
}

export function dropped(store: OriginStore, body: Body, split: Split): void {
  const type = String(body.removeType);
  const onTable = ON_TABLE[type];
  const plain = PLAIN[type];
  for (const object of (body.objects ?? []) as Body[]) {
    const parts = nameParts((object.List as { items?: unknown } | undefined)?.items);
    if (RELATIONS.has(type)) {
      const { schema, name } = split(parts);
      const found = relationNamed(store, schema, name);
      if (found?.kind === 'index') store.remove(found);
      else for (const own of store.ofRelation(schema, name)) store.remove(own);
    } else if (onTable) {
      const { schema, name: table } = split(parts.slice(0, -1));
      store.remove(store.get({ kind: onTable, schema, table, name: parts.at(-1) ?? '' }));
    } else if (FUNCTIONS.has(type)) {
      for (const fn of functionsMeant(store, object, split)) store.remove(fn);
    } else if (type === 'OBJECT_TYPE' || type === 'OBJECT_DOMAIN') {
      store.remove(store.get({ kind: 'type', ...split(typeName(object)) }));
    } else if (plain) {
      const name = (object.String as { sval?: string } | undefined)?.sval ?? '';
      if (plain === 'schema') for (const own of [...store.all()]) if (own.schema === name) store.remove(own);
      store.remove(store.get({ kind: plain, schema: '', name }));
    }
  }
}

/** COMMENT ON. */
export function commented(store: OriginStore, body: Body, place: Place, split: Split): void {
  const type = String(body.objtype);
  const onTable = ON_TABLE[type];
  const object = body.object as Body | undefined;
  const parts = nameParts((object?.List as { items?: unknown } | undefined)?.items);
  let found: Tracked | undefined;
  if (type === 'OBJECT_COLUMN') {
    const { schema, name } = split(parts.slice(0, -1));
    found = store.get({ kind: 'column', schema, name, column: parts.at(-1) ?? '' });
  } else if (onTable) {
    const { schema, name: table } = split(parts.slice(0, -1));
    found = store.get({ kind: onTable, schema, table, name: parts.at(-1) ?? '' });
  } else if (RELATIONS.has(type)) {
    const { schema, name } = split(parts);
    found = relationNamed(store, schema, name);
  } else if (FUNCTIONS.has(type)) [found] = functionsMeant(store, object, split);
  else if (type === 'OBJECT_TYPE' || type === 'OBJECT_DOMAIN')
    found = store.get({ kind: 'type', ...split(typeName(object)) });
  else if (type === 'OBJECT_SCHEMA')
    found = store.get({
      kind: 'schema',
      schema: '',
      name: (object?.String as { sval?: string } | undefined)?.sval ?? '',
    });
  found?.aspects.set('comment', place);
}

function functionsMeant(store: OriginStore, object: unknown, split: Split): Tracked[] {
  const call = (
    object as { ObjectWithArgs?: { objname?: unknown; objargs?: unknown; args_unspecified?: boolean } } | undefined
  )?.ObjectWithArgs;
  const { schema, name } = split(nameParts(call?.objname));
  const all = store.functions(schema, name);
  const exact = all.filter((known) => fits(known, call));
  // Of a single function the types may be written in a way that we do not know.
  return exact.length > 0 || all.length !== 1 ? exact : all;
}

function typeName(object: unknown): string[] {
  const node = object as { TypeName?: { names?: unknown }; List?: { items?: unknown } } | undefined;
  return nameParts(node?.TypeName?.names ?? node?.List?.items);
}
