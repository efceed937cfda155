import type { Function as FunctionNode, Node, TSEnumDeclaration } from '@babel/types';
import { childrenOf, keyName } from './ast.ts';

/** What a name stands for. */
export type Binding =
  | { kind: 'import'; source: string; imported: string }
  | {
      kind: 'variable';
      constant: boolean;
      init: Node | null;
      /** Keys that lead from the initialiser to the name when it is destructured; `null` for an element of a list. */
      path: (string | null)[];
      annotation: Node | null;
    }
  | { kind: 'parameter'; of: FunctionNode; position: number; path: (string | null)[]; annotation: Node | null }
  | { kind: 'function'; node: FunctionNode }
  | { kind: 'enum'; node: TSEnumDeclaration }
  | { kind: 'other' };

/** Scopes and parents of one parsed file. */
export interface Scopes {
  parentOf(node: Node): Node | null;
  /** What a name means where `at` stands; null when the file does not declare it. */
  lookup(name: string, at: Node): Binding | null;
}

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ObjectMethod',
  'ClassMethod',
  'ClassPrivateMethod',
]);
const BLOCKS = new Set([
  'Program',
  'BlockStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'CatchClause',
  'SwitchStatement',
  'StaticBlock',
  'TSModuleBlock',
]);

export function isFunction(node: Node | null): node is FunctionNode {
  return node !== null && FUNCTIONS.has(node.type);
}

/** Builds parents and scopes in one walk. */
export function scopesOf(root: Node): Scopes {
  const parents = new WeakMap<Node, Node>();
  const scopes = new WeakMap<Node, Map<string, Binding>>();

  const declare = (scope: Node, name: string, binding: Binding) => {
    const names = scopes.get(scope) ?? new Map<string, Binding>();
    if (!names.has(name)) names.set(name, binding);
    scopes.set(scope, names);
  };

  interface Item {
    node: Node;
    block: Node;
    fn: Node;
  }
  const stack: Item[] = [{ node: root, block: root, fn: root }];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { node } = item;
    let { block, fn } = item;
    if (node.type === 'FunctionDeclaration' && node.id) declare(block, node.id.name, { kind: 'function', node });
    if (node.type === 'ClassDeclaration' && node.id) declare(block, node.id.name, { kind: 'other' });
    if (node.type === 'TSEnumDeclaration') declare(block, node.id.name, { kind: 'enum', node });
    if (node.type === 'ImportDeclaration') {
      for (const specifier of node.specifiers) {
        const imported =
          specifier.type === 'ImportSpecifier'
            ? specifier.imported.type === 'Identifier'
              ? specifier.imported.name
              : specifier.imported.value
            : specifier.type === 'ImportDefaultSpecifier'
              ? 'default'
              : '*';
        declare(block, specifier.local.name, { kind: 'import', source: node.source.value, imported });
      }
    }
    if (node.type === 'VariableDeclaration') {
      const constant = node.kind === 'const';
      for (const declarator of node.declarations) {
        eachName(declarator.id, [], (name, path, annotation) =>
          declare(node.kind === 'var' ? fn : block, name, {
            kind: 'variable',
            constant,
            init: declarator.init ?? null,
            path,
            annotation,
          }),
        );
      }
    }
    if (isFunction(node)) {
      block = node;
      fn = node;
      node.params.forEach((parameter, position) => {
        eachName(parameter, [], (name, path, annotation) =>
          declare(node, name, { kind: 'parameter', of: node, position, path, annotation }),
        );
      });
    } else if (BLOCKS.has(node.type)) {
      block = node;
      if (node.type === 'Program') fn = node;
      if (node.type === 'CatchClause' && node.param)
        eachName(node.param, [], (name) => declare(node, name, { kind: 'other' }));
    }
    const children = childrenOf(node);
    for (let at = children.length - 1; at >= 0; at--) {
      const child = children[at] as Node;
      parents.set(child, node);
      stack.push({ node: child, block, fn });
    }
  }

  return {
    parentOf: (node) => parents.get(node) ?? null,
    lookup(name, at) {
      for (let node: Node | null = at; node !== null; node = parents.get(node) ?? null) {
        const binding = scopes.get(node)?.get(name);
        if (binding) return binding;
      }
      return null;
    },
  };
}

/** Calls `found` for every name a pattern binds. */
function eachName(
  pattern: Node,
  path: (string | null)[],
  found: (name: string, path: (string | null)[], annotation: Node | null) => void,
): void {
  switch (pattern.type) {
    case 'Identifier':
      found(pattern.name, path, pattern.typeAnnotation ?? null);
      break;
    case 'AssignmentPattern':
      eachName(pattern.left, path, found);
      break;
    case 'RestElement':
      eachName(pattern.argument, [...path, null], found);
      break;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) eachName(element, [...path, null], found);
      break;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') eachName(property.argument, [...path, null], found);
        else eachName(property.value, [...path, keyName(property)], found);
      }
      break;
    case 'TSParameterProperty':
      eachName(pattern.parameter, path, found);
      break;
  }
}
