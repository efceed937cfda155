import { type Node, nameParts } from '../../../core/sql.ts';

type Body = Record<string, unknown>;
interface RangeVar {
  schemaname?: string;
  relname?: string;
}

const RENAMED: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_FOREIGN_TABLE: 'foreign table',
  OBJECT_SEQUENCE: 'sequence',
};
const DROPPED: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_FOREIGN_TABLE: 'foreign table',
  OBJECT_SEQUENCE: 'sequence',
};

/**
 * What a statement destroys or renames under those who use it, in our own words: never its text, which may hold a value.
 * `isKnown` tells relations that a migration made: `drop … if exists` of anything else is only a precaution.
 */
export function destructions(
  node: Node,
  defaultSchema: string,
  isKnown: (schema: string, name: string) => boolean,
): string[] {
  const words = ({ schemaname, relname }: RangeVar): string => `${schemaname ?? defaultSchema}.${relname ?? ''}`;
  const [[type, body] = ['', {}]] = Object.entries(node) as [string, Body][];
  const relation = (body.relation ?? {}) as RangeVar;
  if (type === 'TruncateStmt')
    return (body.relations as { RangeVar: RangeVar }[]).map(({ RangeVar: range }) => `truncate ${words(range)}`);
  if (type === 'DeleteStmt') return body.whereClause ? [] : [`delete from ${words(relation)} without where`];
  if (type === 'RenameStmt') {
    const kind = RENAMED[String(body.renameType)];
    if (kind !== undefined) return [`rename ${kind} ${words(relation)} to ${String(body.newname)}`];
    if (body.renameType !== 'OBJECT_COLUMN') return [];
    return [`rename column ${words(relation)}.${String(body.subname)} to ${String(body.newname)}`];
  }
  if (type === 'AlterTableStmt') {
    return ((body.cmds ?? []) as { AlterTableCmd: Body }[]).flatMap(({ AlterTableCmd: command }) => {
      if (command.subtype === 'AT_DropColumn') return [`drop column ${words(relation)}.${String(command.name)}`];
      if (command.subtype !== 'AT_AlterColumnType') return [];
      return [`change the type of ${words(relation)}.${String(command.name)}`];
    });
  }
  if (type !== 'DropStmt') return [];
  return (body.objects as Body[]).flatMap((object) => {
    if (body.removeType === 'OBJECT_SCHEMA')
      return [`drop schema ${(object.String as { sval?: string } | undefined)?.sval ?? ''}`];
    const kind = DROPPED[String(body.removeType)];
    if (kind === undefined) return [];
    const parts = nameParts((object.List as { items?: unknown } | undefined)?.items);
    const name = parts.at(-1) ?? '';
    const schema = parts.at(-2) ?? defaultSchema;
    return isKnown(schema, name) || body.missing_ok !== true ? [`drop ${kind} ${schema}.${name}`] : [];
  });
}
