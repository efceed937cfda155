import { inputTypes } from '../../../core/signature.ts';
import { nameParts } from '../../../core/sql.ts';
import { type OriginStore, type Place, RELATION_KINDS, type Tracked } from './origin-store.ts';

type Body = Record<string, unknown>;

const ALL: Readonly<Record<string, readonly string[]>> = {
  table: ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger', 'maintain'],
  sequence: ['usage', 'select', 'update'],
  function: ['execute'],
  schema: ['usage', 'create'],
  type: ['usage'],
};

const OBJECTS: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'function',
  OBJECT_ROUTINE: 'function',
  OBJECT_SCHEMA: 'schema',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'type',
};

interface Default {
  schema: string | null;
  type: string;
  item: string;
  place: Place;
}

/** Follows GRANT, REVOKE and ALTER DEFAULT PRIVILEGES, as far as files tell of them. */
export class GrantTracker {
  readonly #store: OriginStore;
  #defaults: Default[] = [];

  constructor(store: OriginStore) {
    this.#store = store;
  }

  /** What a new object comes with by default privileges of the history's own. */
  born(object: Tracked): void {
    const type = typeOf(object.kind);
    for (const { schema, type: of, item, place } of this.#defaults)
      if (of === type && (schema === null || schema === object.schema)) object.aspects.set(`grant:${item}`, place);
  }

  apply(body: Body, place: Place, split: (parts: string[]) => { schema: string; name: string }): void {
    const type = OBJECTS[String(body.objtype)];
    if (type === undefined) return;
    const items = itemsOf(body, type);
    const columns = columnItems(body);
    for (const object of this.#targets(body, type, split)) {
      const own = object.kind === 'sequence' && type === 'table' ? items.filter((item) => sequenceHas(item)) : items;
      for (const item of own) mark(object, item, body.is_grant === true, place);
      for (const [column, item] of columns) {
        const { schema, name } = object;
        mark(this.#store.known({ kind: 'column', schema, name, column }), item, body.is_grant === true, place);
      }
    }
  }

  alterDefaults(body: Body, place: Place): void {
    const action = body.action as Body | undefined;
    const type = OBJECTS[String(action?.objtype)];
    if (!action || type === undefined) return;
    const schemas = ((body.options ?? []) as { DefElem?: { defname?: string; arg?: unknown } }[]).flatMap(
      ({ DefElem: option }) =>
        option?.defname === 'schemas' ? nameParts((option.arg as { List?: { items?: unknown } }).List?.items) : [],
    );
    for (const schema of schemas.length > 0 ? schemas : [null]) {
      for (const item of itemsOf(action, type)) {
        this.#defaults = this.#defaults.filter(
          (known) => known.schema !== schema || known.type !== type || known.item !== item,
        );
        if (action.is_grant === true) this.#defaults.push({ schema, type, item, place });
      }
    }
  }

  #targets(body: Body, type: string, split: (parts: string[]) => { schema: string; name: string }): Tracked[] {
    const objects = (body.objects ?? []) as Body[];
    if (body.targtype === 'ACL_TARGET_ALL_IN_SCHEMA') {
      const schemas = new Set(nameParts(objects));
      return [...this.#store.all()].filter(
        ({ kind, schema, column }) => column === null && schemas.has(schema) && typeOf(kind) === type,
      );
    }
    return objects.flatMap((object): Tracked[] => {
      if (type === 'schema') {
        const [name = ''] = nameParts([object]);
        return [this.#store.known({ kind: 'schema', schema: '', name })];
      }
      if (type === 'function') {
        const call = object.ObjectWithArgs as { objname?: unknown; objargs?: unknown; args_unspecified?: boolean };
        const { schema, name } = split(nameParts(call?.objname));
        return this.#store.functions(schema, name).filter((known) => fits(known, call));
      }
      if (type === 'type') return [];
      const range = object.RangeVar as { schemaname?: string; relname?: string } | undefined;
      if (!range?.relname) return [];
      const { schema, name } = split(range.schemaname ? [range.schemaname, range.relname] : [range.relname]);
      const found = this.#store.ofRelation(schema, name).find(({ kind }) => RELATION_KINDS.has(kind));
      return [found ?? this.#store.known({ kind: 'table', schema, name })];
    });
  }
}

/** Whether a function of the right name is the one meant: by argument types, or any where none are given. */
export function fits(known: Tracked, call: { objargs?: unknown; args_unspecified?: boolean } | undefined): boolean {
  if (!call || call.args_unspecified === true) return true;
  const parameters = ((call.objargs ?? []) as { TypeName?: unknown }[]).map(({ TypeName: argType }) => ({
    FunctionParameter: { argType },
  }));
  return known.signature === inputTypes(parameters);
}

function mark(object: Tracked, item: string, grant: boolean, place: Place): void {
  const [given, taken] = [`grant:${item}`, `revoke:${item}`];
  // Granting what is granted already, or taking what nobody gave, decides nothing.
  if (grant && object.aspects.has(given)) return;
  object.aspects.delete(grant ? taken : given);
  object.aspects.set(grant ? given : taken, place);
}

function typeOf(kind: string): string {
  return RELATION_KINDS.has(kind) && kind !== 'sequence' ? 'table' : kind;
}

function sequenceHas(item: string): boolean {
  return ALL.sequence?.includes(item.split(':').at(-1) ?? '') ?? false;
}

function grantees(body: Body): string[] {
  return ((body.grantees ?? []) as { RoleSpec?: { roletype?: string; rolename?: string } }[]).map(
    ({ RoleSpec: role }) => (role?.roletype === 'ROLESPEC_PUBLIC' ? 'public' : (role?.rolename ?? 'postgres')),
  );
}

interface Privilege {
  priv_name?: string;
  cols?: unknown;
}

/** `role:privilege` for each that a statement speaks of; those on columns apart. */
function itemsOf(body: Body, type: string): string[] {
  const given = (body.privileges ?? []) as { AccessPriv?: Privilege }[];
  const names =
    given.length === 0
      ? (ALL[type] ?? [])
      : given.flatMap(({ AccessPriv: privilege }) =>
          privilege?.priv_name && !privilege.cols ? [privilege.priv_name.toLowerCase()] : [],
        );
  return grantees(body).flatMap((role) => names.map((privilege) => `${role}:${privilege}`));
}

function columnItems(body: Body): [string, string][] {
  const given = (body.privileges ?? []) as { AccessPriv?: Privilege }[];
  return given.flatMap(({ AccessPriv: privilege }) =>
    nameParts(privilege?.cols).flatMap((column) =>
      grantees(body).map((role): [string, string] => [column, `${role}:${privilege?.priv_name?.toLowerCase() ?? ''}`]),
    ),
  );
}
