/** Objects that only an extension has: where a migration uses one that no migration creates, it was enabled in the dashboard. */
const EXTENSION_MARKS: readonly [mark: RegExp, extension: string][] = [
  [/schema "cron" does not exist/, 'pg_cron'],
  [/schema "net" does not exist/, 'pg_net'],
  [/schema "pgmq" does not exist/, 'pgmq'],
  [/schema "pgsodium" does not exist|role "pgsodium_\w+" does not exist/, 'pgsodium'],
  [/schema "graphql" does not exist/, 'pg_graphql'],
  [/type "(\w+\.)?(vector|halfvec|sparsevec)(\(\d+\))?" does not exist/, 'vector'],
  [/type "(\w+\.)?(geometry|geography)" does not exist|function (\w+\.)?st_\w+\(.*\) does not exist/i, 'postgis'],
  [/type "(\w+\.)?citext" does not exist/, 'citext'],
  [/type "(\w+\.)?ltree" does not exist/, 'ltree'],
  [/type "(\w+\.)?hstore" does not exist/, 'hstore'],
  [
    /operator class "(\w+\.)?g(in|ist)_trgm_ops" does not exist|function (\w+\.)?(word_)?similarity\(.*\) does not exist/,
    'pg_trgm',
  ],
  [/function (\w+\.)?unaccent\(.*\) does not exist/, 'unaccent'],
  [/function (\w+\.)?moddatetime\(\) does not exist/, 'moddatetime'],
  [/function (\w+\.)?http_(get|post|put|patch|delete)\(.*\) does not exist/, 'http'],
];

/** Once part of every hosted project: a migration may drop or alter one that none created. */
const ONCE_PREINSTALLED = /extension "(pg_graphql|pgjwt|pgsodium|pg_net)" does not exist/;

/** The extension that an error shows to be missing; null when it is another error. */
export function missingExtension(message: string): string | null {
  return EXTENSION_MARKS.find(([mark]) => mark.test(message))?.[1] ?? ONCE_PREINSTALLED.exec(message)?.[1] ?? null;
}

const HINTS: Readonly<Record<string, string>> = {
  '42601': 'Mend the syntax; `supabase db reset` stops at the same place',
  '42501':
    'Hosted Supabase runs migrations as role postgres, which is no superuser: leave out what belongs to the platform (ownership of auth, storage or supabase_admin objects)',
  '42P07': 'The object is made twice: remove one of the two statements or add IF NOT EXISTS',
  '42710': 'The object is made twice: remove one of the two statements, or drop it first with IF EXISTS',
  '42701': 'The column is added twice: remove one of the two statements or add IF NOT EXISTS',
  '42P06': 'The schema is made twice: add IF NOT EXISTS',
  '42723': 'The function is made twice: use CREATE OR REPLACE FUNCTION',
  '42P13': 'A function cannot be replaced with another result or other argument names: drop it first',
  '42P16': 'A view cannot be replaced with other columns: drop it first',
  '2BP01': 'Other objects depend on it: drop them first or add CASCADE after reading which ones',
  '55P04': 'A new enum value can be used only after the migration that adds it: use it in the next file',
  '25001': 'This statement cannot run in a transaction: give it a migration file of its own',
  '57014': 'The statement ran longer than allowed: split it, or raise the time limit',
  '0A000':
    'If this names an extension: this machine has neither it nor a stand-in; name a database that has it with --shadow-url',
  '58P01':
    'If this names an extension: this machine has neither it nor a stand-in; name a database that has it with --shadow-url',
  '22023':
    'This machine’s PostgreSQL does not know this value; see the server version that supabase/config.toml names (db.major_version)',
};
/** What the Storage server made in 2025 and dropped again; pulled and dumped migrations still name it. */
const WITHDRAWN =
  /storage\."?(prefixes|(delete|add)_prefix\w*|delete_leaf_prefixes|prefixes_\w+|objects_\w*(prefix|cleanup|level)\w*|get_(level|prefix|prefixes)|lock_top_prefixes|search_legacy_v1|search_v1_optimised)\b|column "level" of relation "objects"/;
const WITHDRAWN_HINT =
  'The Storage server made this and has dropped it since: take the statement out of the migration, it is the platform’s own';
const PARAMETER =
  'Hosted Supabase lets role postgres set few parameters for a database or role, and none of its own making: keep the value in Vault or in a table';
const MISSING =
  'Nothing in the migrations before this one makes it; if it was made in the dashboard, write it down as a migration (`supabase db pull`), and mind the order of the files';
const DATA =
  'The migration works only on data that a new database does not have: guard it (WHERE EXISTS …) or move the data to a seed file';

/** What to do about a failing statement, as an imperative sentence. */
export function hintFor(sqlstate: string, message: string): string {
  const extension = missingExtension(message);
  if (extension) return `Add \`create extension if not exists ${extension}\` to an earlier migration`;
  if (/permission denied to set parameter/.test(message)) return PARAMETER;
  if (/^(42P01|42703|42883|42704|3F000|42P02)$/.test(sqlstate))
    return WITHDRAWN.test(message) ? WITHDRAWN_HINT : MISSING;
  if (sqlstate.startsWith('23') || sqlstate.startsWith('22') || sqlstate === 'P0001') return HINTS[sqlstate] ?? DATA;
  return HINTS[sqlstate] ?? 'Mend the statement so that `supabase db reset` passes on an empty database';
}
