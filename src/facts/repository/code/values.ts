import type { Node } from '@babel/types';
import { bare, keyName, memberName, memberObject } from './ast.ts';
import type { Exported, Module, Modules } from './modules.ts';
import { UNKNOWN_PART } from './select-string.ts';

const MAX_DEPTH = 8;

/** The strings an expression can be, when the code says so; null when it is only known at run time. */
export function stringsOf(node: Node, module: Module, modules: Modules, depth = 0): string[] | null {
  const values = textsOf(node, module, modules, depth);
  return values === null || values.some((value) => value.includes(UNKNOWN_PART)) ? null : values;
}

/** Like stringsOf, but a template keeps UNKNOWN_PART where a piece of it is unknown. */
export function textsOf(node: Node, module: Module, modules: Modules, depth = 0): string[] | null {
  if (depth > MAX_DEPTH) return null;
  const inner = bare(node);
  switch (inner.type) {
    case 'StringLiteral':
      return [inner.value];
    case 'TemplateLiteral': {
      let texts = [''];
      for (const [index, quasi] of inner.quasis.entries()) {
        texts = texts.map((text) => text + (quasi.value.cooked ?? quasi.value.raw));
        const expression = inner.expressions[index];
        if (!expression) continue;
        const parts = stringsOf(expression, module, modules, depth + 1) ?? [UNKNOWN_PART];
        texts = texts.flatMap((text) => parts.map((part) => text + part)).slice(0, 16);
      }
      return texts;
    }
    case 'BinaryExpression': {
      if (inner.operator !== '+') return null;
      const left = textsOf(inner.left, module, modules, depth + 1) ?? [UNKNOWN_PART];
      const right = textsOf(inner.right, module, modules, depth + 1) ?? [UNKNOWN_PART];
      return left.flatMap((a) => right.map((b) => a + b)).slice(0, 16);
    }
    case 'ConditionalExpression': {
      const yes = textsOf(inner.consequent, module, modules, depth + 1);
      const no = textsOf(inner.alternate, module, modules, depth + 1);
      return yes && no ? [...new Set([...yes, ...no])] : null;
    }
    case 'LogicalExpression': {
      const right = textsOf(inner.right, module, modules, depth + 1);
      const left = textsOf(inner.left, module, modules, depth + 1);
      return left && right ? [...new Set([...left, ...right])] : null;
    }
    case 'TaggedTemplateExpression':
      return textsOf(inner.quasi, module, modules, depth + 1);
    case 'Identifier': {
      const binding = module.scopes.lookup(inner.name, inner);
      return binding === null ? null : boundTexts({ module, binding, at: inner }, modules, depth + 1);
    }
    case 'MemberExpression':
    case 'OptionalMemberExpression': {
      const name = memberName(inner);
      const object = memberObject(inner);
      return object === null ? null : memberTexts(object, name, module, modules, depth + 1);
    }
    case 'CallExpression': {
      // `['a', 'b'].join(',')`
      const list = memberObject(bare(inner.callee));
      if (memberName(bare(inner.callee)) !== 'join' || list?.type !== 'ArrayExpression') return null;
      const parts = list.elements.map((element) =>
        element ? stringsOf(element, module, modules, depth + 1)?.[0] : undefined,
      );
      const separator = inner.arguments[0] ? stringsOf(inner.arguments[0], module, modules, depth + 1)?.[0] : ',';
      return separator === undefined || parts.some((part) => part === undefined) ? null : [parts.join(separator)];
    }
    default:
      return null;
  }
}

function boundTexts(found: Exported, modules: Modules, depth: number): string[] | null {
  const target = modules.follow(found);
  if (target === null) return null;
  const { binding, module } = target;
  if (binding.kind === 'parameter' || binding.kind === 'variable') {
    // A parameter typed `'a' | 'b'` is one of those.
    const typed = binding.path.length === 0 ? literalUnion(binding.annotation) : null;
    if (typed) return typed;
  }
  if (binding.kind !== 'variable' || !binding.constant || binding.init === null || binding.path.length > 0) return null;
  return textsOf(binding.init, module, modules, depth + 1);
}

function literalUnion(annotation: Node | null): string[] | null {
  if (annotation?.type !== 'TSTypeAnnotation') return null;
  const type = annotation.typeAnnotation;
  const members = type.type === 'TSUnionType' ? type.types : [type];
  const values = members.map((member) =>
    member.type === 'TSLiteralType' && member.literal.type === 'StringLiteral' ? member.literal.value : null,
  );
  return values.every((value) => value !== null) ? (values as string[]) : null;
}

/** `TABLES.users`, an enum's member, or any member when the key is not fixed. */
function memberTexts(
  object: Node,
  name: string | null,
  module: Module,
  modules: Modules,
  depth: number,
): string[] | null {
  const found = objectOf(object, module, modules, depth);
  if (found === null) return null;
  const { node } = found;
  if (node.type === 'TSEnumDeclaration') {
    const members = (node.body?.members ?? node.members ?? []).filter(
      (member) => name === null || (member.id.type === 'Identifier' ? member.id.name : member.id.value) === name,
    );
    const values = members.map((member) =>
      member.initializer?.type === 'StringLiteral' ? member.initializer.value : null,
    );
    return values.length > 0 && values.every((value) => value !== null) ? (values as string[]) : null;
  }
  if (node.type !== 'ObjectExpression') return null;
  const values: string[] = [];
  for (const property of node.properties) {
    if (property.type !== 'ObjectProperty') return null;
    if (name !== null && keyName(property) !== name) continue;
    const texts = textsOf(property.value, found.module, modules, depth + 1);
    if (texts === null) return null;
    values.push(...texts);
  }
  return values.length === 0 || values.length > 64 ? null : [...new Set(values)];
}

/** The object literal or enum an expression names; null when it cannot be told. */
export function objectOf(
  node: Node,
  module: Module,
  modules: Modules,
  depth = 0,
): { node: Node; module: Module } | null {
  if (depth > MAX_DEPTH) return null;
  const inner = bare(node);
  if (inner.type === 'ObjectExpression') return { node: inner, module };
  if (inner.type === 'CallExpression' && inner.arguments[0] && memberName(bare(inner.callee)) === 'freeze') {
    return objectOf(inner.arguments[0], module, modules, depth + 1);
  }
  if (inner.type === 'Identifier') {
    const binding = module.scopes.lookup(inner.name, inner);
    const target = binding === null ? null : modules.follow({ module, binding, at: inner });
    if (target === null) return null;
    if (target.binding.kind === 'enum') return { node: target.binding.node, module: target.module };
    if (target.binding.kind !== 'variable' || target.binding.init === null || target.binding.path.length > 0)
      return null;
    return objectOf(target.binding.init, target.module, modules, depth + 1);
  }
  const name = memberName(inner);
  const object = memberObject(inner);
  if (name === null || object === null) return null;
  const outer = objectOf(object, module, modules, depth + 1);
  if (outer?.node.type !== 'ObjectExpression') return null;
  for (const property of outer.node.properties) {
    if (property.type === 'ObjectProperty' && keyName(property) === name)
      return objectOf(property.value, outer.module, modules, depth + 1);
  }
  return null;
}
