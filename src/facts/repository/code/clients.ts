import type { Node } from '@babel/types';
import { bare, type Call, dottedName, isCall, memberName, memberObject, propertyOf, walkAst } from './ast.ts';
import type { Module, Modules } from './modules.ts';
import { isFunction } from './scopes.ts';
import { objectOf, stringsOf } from './values.ts';

/** A supabase-js client as far as code tells. */
export interface ClientInfo {
  /** `db.schema` of its options; null when it keeps the default. */
  schema: string | null;
  /** Made with the secret (service role) key; null when it cannot be told. */
  secretKey: boolean | null;
}

const SUPABASE_PACKAGE = /(^|[/:])@supabase\/(supabase-js|ssr|auth-helpers-[\w-]+)(@|$|\/)/;
const CREATORS = new Set([
  'createClient',
  'createServerClient',
  'createBrowserClient',
  'createClientComponentClient',
  'createServerComponentClient',
  'createRouteHandlerClient',
  'createMiddlewareClient',
  'createServerActionClient',
  'createPagesBrowserClient',
  'createPagesServerClient',
  'createServerSupabaseClient',
  'createBrowserSupabaseClient',
]);
const CLIENT_NAME = /supabase|^supa|^sb$|sbClient|^sbAdmin$/i;
const PUBLIC_NAME = /anon|publishable|public_?key/i;
const SECRET_NAME = /sb_secret_|service_?role|secret_?key|service_?key|supabase_?secret|admin_?key/i;
const MAX_DEPTH = 7;

/** True when an import comes from a Supabase package, from npm, JSR, esm.sh or deno.land. */
export function isSupabasePackage(source: string): boolean {
  return SUPABASE_PACKAGE.test(source);
}

/** True for a call that makes a client: a creator imported from a Supabase package. */
export function isClientCreation(call: Call, module: Module): boolean {
  const callee = bare(call.callee);
  if (callee.type === 'Identifier') {
    const binding = module.scopes.lookup(callee.name, callee);
    return binding?.kind === 'import' && isSupabasePackage(binding.source) && CREATORS.has(binding.imported);
  }
  const name = memberName(callee);
  const object = memberObject(callee);
  if (name === null || object?.type !== 'Identifier' || !CREATORS.has(name)) return false;
  const binding = module.scopes.lookup(object.name, object);
  return binding?.kind === 'import' && isSupabasePackage(binding.source);
}

/** Schema option and key of a client's creation. */
export function creationInfo(call: Call, module: Module, modules: Modules): ClientInfo {
  let schema: string | null = null;
  for (const argument of call.arguments) {
    const options = objectOf(argument, module, modules);
    const value = options ? propertyOf(propertyOf(options.node, 'db'), 'schema') : null;
    if (options && value) schema = stringsOf(value, options.module, modules)?.[0] ?? null;
  }
  const key = call.arguments[1];
  if (key === undefined) return { schema, secretKey: null };
  if (names(key, SECRET_NAME, module, modules, 0)) return { schema, secretKey: true };
  return { schema, secretKey: names(key, PUBLIC_NAME, module, modules, 0) ? false : null };
}

/** Whether an expression names the kind of key: an environment variable, a constant or a property of that name. */
function names(node: Node, kind: RegExp, module: Module, modules: Modules, depth: number): boolean {
  let secret = false;
  walkAst(node, (inner) => {
    if (inner.type === 'StringLiteral' && kind.test(inner.value)) secret = true;
    const name = inner.type === 'Identifier' ? inner.name : memberName(inner);
    if (name !== null && kind.test(name)) secret = true;
    if (!secret && depth < 3 && inner.type === 'Identifier') {
      const binding = module.scopes.lookup(inner.name, inner);
      const target = binding === null ? null : modules.follow({ module, binding, at: inner });
      if (target?.binding.kind === 'variable' && target.binding.init && target.binding.init !== node) {
        secret = names(target.binding.init, kind, target.module, modules, depth + 1);
      }
    }
    return !secret;
  });
  return secret;
}

/**
 * The client an expression stands for: made by a Supabase package, typed `SupabaseClient`, returned by a function that makes
 * one, or named like one. Null when nothing says so; `false` when it is known to be something else (another package's object).
 */
export function clientOf(node: Node, module: Module, modules: Modules, depth = 0): ClientInfo | null | false {
  const inner = bare(node);
  if (depth > MAX_DEPTH) return null;
  if (inner.type === 'AwaitExpression') return clientOf(inner.argument, module, modules, depth + 1);
  if (inner.type === 'LogicalExpression') {
    return clientOf(inner.left, module, modules, depth + 1) || clientOf(inner.right, module, modules, depth + 1);
  }
  if (inner.type === 'AssignmentExpression') return clientOf(inner.right, module, modules, depth + 1);
  if (inner.type === 'ConditionalExpression') return clientOf(inner.consequent, module, modules, depth + 1);
  if (isCall(inner)) return clientOfCall(inner, module, modules, depth);
  if (inner.type === 'Identifier') return clientOfName(inner.name, inner, module, modules, depth);
  const name = memberName(inner);
  const object = memberObject(inner);
  if (name === null || object === null) return null;
  if (CLIENT_NAME.test(name))
    return { schema: null, secretKey: SECRET_NAME.test(name) || /admin/i.test(name) ? true : null };
  if (object.type === 'ThisExpression') return clientOfProperty(name, inner, module, modules, depth);
  return null;
}

function clientOfCall(call: Call, module: Module, modules: Modules, depth: number): ClientInfo | null | false {
  if (isClientCreation(call, module)) return creationInfo(call, module, modules);
  const callee = bare(call.callee);
  const name = callee.type === 'Identifier' ? callee.name : memberName(callee);
  if (name === 'schema' && memberObject(callee))
    return clientOf(memberObject(callee) as Node, module, modules, depth + 1);
  if ((name === 'useMemo' || name === 'cache' || name === 'useState') && call.arguments[0]) {
    const made = isFunction(bare(call.arguments[0]))
      ? returned(bare(call.arguments[0]), module, modules, depth + 1)
      : null;
    if (made) return made;
  }
  if (callee.type === 'Identifier') {
    const binding = module.scopes.lookup(callee.name, callee);
    const target = binding === null ? null : modules.follow({ module, binding, at: callee });
    const fn =
      target?.binding.kind === 'function'
        ? target.binding.node
        : target?.binding.kind === 'variable' && target.binding.init
          ? functionIn(target.binding.init)
          : null;
    if (target && fn) {
      const made = returned(fn, target.module, modules, depth + 1);
      if (made) return made;
    }
    if (
      binding?.kind === 'import' &&
      !CLIENT_NAME.test(callee.name) &&
      modules.isForeign(module.path, binding.source)
    ) {
      return isSupabasePackage(binding.source) || /supabase/i.test(binding.source) ? null : false;
    }
  }
  return name !== null && CLIENT_NAME.test(name) && !/url|key|storage|image|path/i.test(name)
    ? { schema: null, secretKey: /admin|service/i.test(name) ? true : null }
    : null;
}

/** `cache(() => …)`, `async () => …`: the function itself. */
function functionIn(node: Node): Node | null {
  const inner = bare(node);
  if (isFunction(inner)) return inner;
  const first = isCall(inner) && inner.arguments[0] ? bare(inner.arguments[0]) : null;
  return first && isFunction(first) ? first : null;
}

function returned(fn: Node, module: Module, modules: Modules, depth: number): ClientInfo | null {
  if (!isFunction(fn) || depth > MAX_DEPTH) return null;
  if (fn.returnType && /SupabaseClient/.test(typeNames(fn.returnType))) return { schema: null, secretKey: null };
  if (fn.type === 'ArrowFunctionExpression' && fn.body.type !== 'BlockStatement') {
    return clientOf(fn.body, module, modules, depth + 1) || null;
  }
  let found: ClientInfo | null = null;
  walkAst(fn.body, (node) => {
    if (found || (isFunction(node) && node !== fn)) return false;
    if (node.type === 'ReturnStatement' && node.argument)
      found = clientOf(node.argument, module, modules, depth + 1) || null;
    return true;
  });
  return found;
}

function clientOfName(
  name: string,
  at: Node,
  module: Module,
  modules: Modules,
  depth: number,
): ClientInfo | null | false {
  const named: ClientInfo | null = CLIENT_NAME.test(name)
    ? { schema: null, secretKey: /admin|service/i.test(name) ? true : null }
    : null;
  const binding = module.scopes.lookup(name, at);
  if (binding === null) return named;
  if (binding.kind === 'import') {
    const target = modules.follow({ module, binding, at });
    if (target?.binding.kind === 'variable' && target.binding.init && target.binding.path.length === 0) {
      return clientOf(target.binding.init, target.module, modules, depth + 1) || named;
    }
    return named ?? (modules.isForeign(module.path, binding.source) ? false : null);
  }
  if (binding.kind === 'variable' || binding.kind === 'parameter') {
    if (binding.annotation && /SupabaseClient|ReturnType<typeofcreate\w*Client/.test(typeNames(binding.annotation))) {
      return { schema: null, secretKey: named?.secretKey ?? null };
    }
  }
  if (binding.kind === 'variable' && binding.init) {
    const made =
      binding.path.length === 0 || binding.path[0] === null ? clientOf(binding.init, module, modules, depth + 1) : null;
    return made || named || made;
  }
  return named;
}

/** A class's own property: its type, or what it is set to. */
function clientOfProperty(name: string, at: Node, module: Module, modules: Modules, depth: number): ClientInfo | null {
  let owner: Node | null = at;
  while (owner && owner.type !== 'ClassBody') owner = module.scopes.parentOf(owner);
  if (owner?.type !== 'ClassBody') return null;
  let found: ClientInfo | null = null;
  walkAst(owner, (node) => {
    if (found) return false;
    if (node.type === 'ClassProperty' && node.key.type === 'Identifier' && node.key.name === name) {
      if (node.typeAnnotation && /SupabaseClient/.test(typeNames(node.typeAnnotation)))
        found = { schema: null, secretKey: null };
      else if (node.value) found = clientOf(node.value, module, modules, depth + 1) || null;
    }
    if (node.type === 'TSParameterProperty' && node.parameter.type === 'Identifier' && node.parameter.name === name) {
      if (node.parameter.typeAnnotation && /SupabaseClient/.test(typeNames(node.parameter.typeAnnotation)))
        found = { schema: null, secretKey: null };
    }
    if (node.type === 'AssignmentExpression' && dottedName(node.left) === `this.${name}`) {
      found = clientOf(node.right, module, modules, depth + 1) || null;
    }
    return true;
  });
  return found;
}

/** The names in a type, run together: enough to see `SupabaseClient` or `ReturnType<typeof createClient>`. */
function typeNames(type: Node): string {
  let text = '';
  walkAst(type, (node) => {
    if (node.type === 'TSTypeQuery') text += 'typeof';
    if (node.type === 'Identifier') text += node.name + (node.name === 'ReturnType' ? '<' : '');
    return true;
  });
  return text;
}

/** True when a creation names its Database type: `createClient<Database>(…)`, or what it is assigned to or returned as does. */
export function isTyped(call: Call, module: Module): boolean {
  const parameters =
    call.type === 'CallExpression'
      ? (call.typeParameters ?? call.typeArguments)
      : (call.typeParameters ?? call.typeArguments);
  if (parameters) return true;
  const generic = (type: Node | null | undefined) => {
    let typed = false;
    if (type) {
      walkAst(type, (node) => {
        if (
          node.type === 'TSTypeReference' &&
          node.typeName.type === 'Identifier' &&
          /Client$/.test(node.typeName.name)
        ) {
          typed ||= (node.typeParameters?.params.length ?? 0) > 0 || node.typeName.name !== 'SupabaseClient';
        }
        return true;
      });
    }
    return typed;
  };
  let node: Node | null = call;
  for (let up = 0; node && up < 4; up++) {
    const parent: Node | null = module.scopes.parentOf(node);
    if (!parent) return false;
    if ((parent.type === 'TSAsExpression' || parent.type === 'TSSatisfiesExpression') && generic(parent.typeAnnotation))
      return true;
    if (parent.type === 'VariableDeclarator' && parent.id.type === 'Identifier')
      return generic(parent.id.typeAnnotation);
    if (parent.type === 'ClassProperty') return generic(parent.typeAnnotation);
    if (parent.type === 'ReturnStatement' || isFunction(parent)) {
      let fn: Node | null = parent;
      while (fn && !isFunction(fn)) fn = module.scopes.parentOf(fn);
      return isFunction(fn) ? generic(fn.returnType) : false;
    }
    node = parent;
  }
  return false;
}
