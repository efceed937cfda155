import type { Node, TSTypeElement } from '@babel/types';
import type { Facts } from '../../core/facts.ts';
import { lineOf, parseCodeOfTypes } from './code/ast.ts';
import { baseName, isVendored, type Repository } from './files.ts';

type RepoTypes = NonNullable<Facts['repoTypes']>;

/**
 * The committed `Database` type of `supabase gen types`, wherever it lies and whatever it is called. With several copies, the
 * one that most other files import, then the one nearest to the root. Null when there is none.
 */
export function readTypes(repository: Repository): Facts['repoTypes'] {
  const paths = [...new Set([...repository.files, ...repository.untracked])].filter(
    (path) => /\.[cm]?tsx?$/.test(path) && !isVendored(path),
  );
  const candidates: { path: string; text: string; encoding: string }[] = [];
  const importers: string[] = [];
  for (const path of paths) {
    const file = repository.read(path);
    if (file === null) continue;
    if (
      /\bTables\b/.test(file.text) &&
      /\bRow\b/.test(file.text) &&
      /\bFunctions\b|\bViews\b|\bUpdate\b/.test(file.text)
    ) {
      candidates.push({ path, text: file.text, encoding: file.encoding });
    }
    if (/\bDatabase\b/.test(file.text)) importers.push(file.text);
  }
  const ranked = candidates
    .map((candidate) => ({ ...candidate, used: timesImported(candidate.path, importers) }))
    .sort(
      (a, b) =>
        b.used - a.used ||
        Number(isCopy(a.path)) - Number(isCopy(b.path)) ||
        a.path.split('/').length - b.path.split('/').length ||
        (a.path < b.path ? -1 : 1),
    );
  let broken: RepoTypes | null = null;
  for (const { path, text, encoding } of ranked) {
    const { ast, error } = parseCodeOfTypes(text);
    if (ast === null) {
      if (/\bexport (type|interface) Database\b/.test(text)) {
        broken ??= { path, encoding, schemas: [], error: `does not parse at line ${error.line}` };
      }
      continue;
    }
    const schemas = schemasIn(ast.program.body);
    if (schemas.length > 0) return { path, encoding, schemas, error: null };
  }
  return broken;
}

/** Copies for scripts and edge functions follow the application's own. */
function isCopy(path: string): boolean {
  return /(^|\/)(scripts|supabase\/functions|examples?|docs)\//.test(path);
}

/** How many files import from a path that ends like this one's: two parts of it, since aliases hide the rest. */
function timesImported(path: string, texts: readonly string[]): number {
  const stem = path.replace(/(\.d)?\.[cm]?tsx?$/, '').replace(/\/index$/, '');
  const tail = baseName(stem);
  const two = stem.split('/').slice(-2).join('/');
  return texts.filter(
    (text) =>
      text.includes(`${two}'`) ||
      text.includes(`${two}"`) ||
      text.includes(`./${tail}'`) ||
      text.includes(`./${tail}"`),
  ).length;
}

function schemasIn(statements: readonly Node[]): RepoTypes['schemas'] {
  const declared = new Map<string, Node>();
  for (const statement of statements) {
    const inner = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (inner?.type === 'TSTypeAliasDeclaration') declared.set(inner.id.name, inner.typeAnnotation);
    if (inner?.type === 'TSInterfaceDeclaration') declared.set(inner.id.name, inner.body);
  }
  const ordered = [...declared].sort(([a], [b]) => Number(b === 'Database') - Number(a === 'Database'));
  for (const [, type] of ordered) {
    const schemas = membersOf(type).flatMap(({ name, type: inner, line }) => {
      const schema = schemaOf(name, inner);
      return schema === null || name.startsWith('__') ? [] : [{ ...schema, line }];
    });
    if (schemas.length > 0) return schemas.map(({ line: _, ...schema }) => schema);
  }
  return [];
}

interface Member {
  name: string;
  type: Node;
  line: number;
}

/** Members of a type literal, an interface's body, or an intersection of those. */
function membersOf(type: Node | null | undefined): Member[] {
  if (!type) return [];
  if (type.type === 'TSIntersectionType') return type.types.flatMap(membersOf);
  if (type.type === 'TSParenthesizedType') return membersOf(type.typeAnnotation);
  const elements: readonly TSTypeElement[] =
    type.type === 'TSTypeLiteral' ? type.members : type.type === 'TSInterfaceBody' ? type.body : [];
  return elements.flatMap((element) => {
    if (element.type !== 'TSPropertySignature' || !element.typeAnnotation) return [];
    const { key } = element;
    const name =
      key.type === 'Identifier' && !element.computed ? key.name : key.type === 'StringLiteral' ? key.value : null;
    return name === null ? [] : [{ name, type: element.typeAnnotation.typeAnnotation, line: lineOf(element) }];
  });
}

function schemaOf(name: string, type: Node): RepoTypes['schemas'][number] | null {
  const parts = new Map(membersOf(type).map((member) => [member.name, member]));
  const tables = parts.get('Tables');
  if (!tables) return null;
  const relations = (kind: 'table' | 'view', from: Member | undefined) =>
    membersOf(from?.type).flatMap((relation) => {
      const row = membersOf(relation.type).find((member) => member.name === 'Row');
      if (!row) return [];
      const columns = membersOf(row.type).map((column) => ({ name: column.name, line: column.line }));
      return [{ name: relation.name, kind, line: relation.line, columns }];
    });
  return {
    name,
    relations: [...relations('table', tables), ...relations('view', parts.get('Views'))],
    functions: membersOf(parts.get('Functions')?.type).map((member) => ({ name: member.name, line: member.line })),
    enums: membersOf(parts.get('Enums')?.type).map((member) => ({
      name: member.name,
      line: member.line,
      labels: labelsOf(member.type),
    })),
  };
}

function labelsOf(type: Node): string[] {
  const members = type.type === 'TSUnionType' ? type.types : [type];
  return members.flatMap((member) =>
    member.type === 'TSLiteralType' && member.literal.type === 'StringLiteral' ? [member.literal.value] : [],
  );
}
