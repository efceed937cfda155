import { nameParts, parseScript } from '../../../core/sql.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';

const GRANT = /^(grant|revoke)\b/i;
const RELATIONS = new Set(['OBJECT_TABLE', 'OBJECT_SEQUENCE']);
const FUNCTIONS = new Set(['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_ROUTINE']);

interface Range {
  schemaname?: string;
  relname?: string;
}
interface Call {
  objname?: unknown;
  objargs?: unknown;
  args_unspecified?: boolean;
}

function functionName({ objname, objargs, args_unspecified }: Call): string | null {
  const [schema, name, more] = nameParts(objname);
  if (schema === undefined || name === undefined || more !== undefined || args_unspecified === true) return null;
  const types = ((objargs ?? []) as { TypeName?: { names?: unknown; arrayBounds?: unknown[] } }[]).map(
    ({ TypeName: type }) =>
      `${nameParts(type?.names).map(quoteIdent).join('.')}${'[]'.repeat(type?.arrayBounds?.length ?? 0)}`,
  );
  return `${qualified(schema, name)}(${types})`;
}

/**
 * The relations or functions that a GRANT or REVOKE names, as to_regclass and to_regprocedure read them; empty where one is
 * named without its schema, or the statement speaks of something else. The database tells nobody whom a GRANT concerned, and to
 * look for it takes longer than the GRANT. The SQL parser must be loaded.
 */
export function grantedObjects(text: string): string[] {
  if (!GRANT.test(text)) return [];
  const [statement, second] = parseScript(text).statements;
  if (!statement || second || !('GrantStmt' in statement.node)) return [];
  const { targtype, objtype, objects } = statement.node.GrantStmt;
  if (targtype !== 'ACL_TARGET_OBJECT') return [];
  const names = ((objects ?? []) as { RangeVar?: Range; ObjectWithArgs?: Call }[]).map(
    ({ RangeVar: range, ObjectWithArgs: call }) => {
      if (range?.schemaname && range.relname && RELATIONS.has(objtype ?? ''))
        return qualified(range.schemaname, range.relname);
      return call && FUNCTIONS.has(objtype ?? '') ? functionName(call) : null;
    },
  );
  return names.every((name) => name !== null) ? names : [];
}
