import type { Node } from '@babel/types';
import { bare, dottedName, isCall, memberName, memberObject, walkAst } from './ast.ts';
import type { Module } from './modules.ts';
import { isFunction } from './scopes.ts';

const VALIDATORS =
  /^(parse|safeParse|parseAsync|safeParseAsync|validate|validateSync|validateAsync|decode|is|assert|check|cast|strip|pick)$|valid|sanitiz|schema|assert/i;

/**
 * True when what is written is a request's body as it came (`await req.json()`, `req.body`, all of a form), itself or spread
 * into an object, and no schema or validator has seen it. Picking single fields is not that.
 */
export function isRawBody(value: Node, module: Module, depth = 0): boolean {
  const inner = bare(value);
  if (depth > 6) return false;
  switch (inner.type) {
    case 'AwaitExpression':
      return isRawBody(inner.argument, module, depth + 1);
    case 'ArrayExpression':
      return inner.elements.some(
        (element) => element !== null && element.type !== 'SpreadElement' && isRawBody(element, module, depth + 1),
      );
    case 'ObjectExpression':
      return inner.properties.some(
        (property) => property.type === 'SpreadElement' && isRawBody(property.argument, module, depth + 1),
      );
    case 'Identifier': {
      const binding = module.scopes.lookup(inner.name, inner);
      if (binding?.kind !== 'variable' || binding.init === null) return false;
      // `const { title } = await req.json()` picks a field, which is typed by its column; `const { data } = …` then writes it whole.
      if (!isRawBody(binding.init, module, depth + 1)) return false;
      return binding.path.length === 0
        ? !isValidated(inner.name, inner, module)
        : depth <= 1 && !isValidated(inner.name, inner, module);
    }
    case 'CallExpression':
    case 'OptionalCallExpression': {
      const callee = bare(inner.callee);
      const name = memberName(callee);
      const object = memberObject(callee);
      if (object === null) return false;
      const owner = dottedName(object) ?? '';
      if (name === 'json' && inner.arguments.length === 0)
        return /(^|\.)(req|request|c\.req|ctx\.request|event\.request)$/i.test(owner);
      if (owner === 'Object' && name === 'fromEntries' && inner.arguments[0])
        return isForm(bare(inner.arguments[0]), module);
      if (owner === 'JSON' && name === 'parse' && inner.arguments[0])
        return /(^|\.)(req|request|event)\.body$|rawBody$/i.test(dottedName(inner.arguments[0]) ?? '');
      return false;
    }
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return /(^|\.)(req|request|ctx\.request)\.body$/i.test(dottedName(inner) ?? '');
    default:
      return false;
  }
}

function isForm(node: Node, module: Module): boolean {
  if (isCall(node) && memberName(bare(node.callee)) === 'entries') {
    const object = memberObject(bare(node.callee));
    return object !== null && isForm(bare(object), module);
  }
  if (node.type === 'AwaitExpression') return isForm(bare(node.argument), module);
  if (isCall(node)) return memberName(bare(node.callee)) === 'formData';
  if (node.type !== 'Identifier') return false;
  const binding = module.scopes.lookup(node.name, node);
  if (binding?.kind === 'variable' && binding.init) return isForm(bare(binding.init), module);
  return binding?.kind === 'parameter' && /form/i.test(node.name);
}

/** Whether the function around it hands the name to something that validates. */
function isValidated(name: string, at: Node, module: Module): boolean {
  let scope: Node = at;
  for (let parent = module.scopes.parentOf(scope); parent !== null; parent = module.scopes.parentOf(scope)) {
    scope = parent;
    if (isFunction(scope)) break;
  }
  let validated = false;
  walkAst(scope, (node) => {
    if (validated) return false;
    if (isCall(node) && node.arguments.some((argument) => argument.type === 'Identifier' && argument.name === name)) {
      const callee = bare(node.callee);
      const called = callee.type === 'Identifier' ? callee.name : memberName(callee);
      if (called !== null && VALIDATORS.test(called)) validated = true;
    }
    return true;
  });
  return validated;
}
