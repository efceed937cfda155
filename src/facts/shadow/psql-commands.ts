/*
 * Commands that psql itself runs (PostgreSQL docs, “psql”, meta-commands). None is ever run here; those that change only what
 * psql shows, or guard a dump, may be passed over.
 */

const HARMLESS = new Set([
  'echo',
  'qecho',
  'warn',
  'timing',
  'pset',
  'encoding',
  'restrict',
  'unrestrict',
  'x',
  'a',
  't',
  'h',
  'H',
  'C',
  'f',
  'p',
  'q',
  'unset',
]);
/** psql's own variables; any other one stands for text in the script. */
const OWN_VARIABLES =
  /^(ON_ERROR_STOP|ON_ERROR_ROLLBACK|AUTOCOMMIT|ECHO|ECHO_HIDDEN|QUIET|VERBOSITY|SHOW_CONTEXT|PROMPT\d|SINGLELINE|SINGLESTEP|HIST\w+|FETCH_COUNT|COMP_KEYWORD_CASE)$/;

function commandOf(text: string): { name: string; rest: string } {
  const match = /^\\([A-Za-z_]+|.)\s*(.*)$/.exec(text);
  return { name: match?.[1] ?? '', rest: match?.[2] ?? '' };
}

/** True when leaving the command out changes nothing that the script makes. */
export function isHarmless(text: string): boolean {
  const { name, rest } = commandOf(text);
  return HARMLESS.has(name) || (name === 'set' && OWN_VARIABLES.test(rest.split(/\s/)[0] ?? ''));
}

/** What to do about a command of psql's; `psql` where psql runs the file. */
export function psqlHint(text: string, psql: boolean): string {
  const command = `\\${commandOf(text).name}`;
  if (!psql)
    return `${command} is a command of psql’s, which no migration tool knows (pg_dump writes \\restrict and \\connect): take the line out`;
  return `${command} is not followed in the replay: write what it does as SQL into the file, or name the real folder of migrations with --migrations`;
}
