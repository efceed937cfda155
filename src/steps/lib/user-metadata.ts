import { callsIn, columnsIn, stringsIn } from './sql-tree.ts';

/* What users can write about themselves (auth.updateUser), in expressions that trust it. */

function readsClaims(tree: unknown): boolean {
  return callsIn(tree).some(
    (call) =>
      (call.schema === 'auth' && call.name === 'jwt') ||
      (call.name === 'current_setting' &&
        call.args[0] !== undefined &&
        stringsIn(call.args[0]).some((text) => text.startsWith('request.jwt'))),
  );
}

/** The part of the user's own metadata that a tree looks at, in words; null when it looks at none. */
export function metadataIn(tree: unknown): string | null {
  if (columnsIn(tree).some((parts) => parts.at(-1) === 'raw_user_meta_data')) return 'auth.users.raw_user_meta_data';
  const named = stringsIn(tree).some((text) => text === 'user_metadata' || text.startsWith('{user_metadata'));
  return named && readsClaims(tree) ? 'user_metadata of the JWT' : null;
}
