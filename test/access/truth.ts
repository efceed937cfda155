import type { Facts } from '../../src/core/facts.ts';

type Matrix = Facts['accessMatrix'];
type Cell = Matrix['relations'][number]['cells'][number];

const COMMANDS = ['select', 'insert', 'update', 'delete'] as const;
const LETTERS = { own: 'o', tenant: 't', foreign: 'f', any: 'a' } as const;
/** What no schema can make possible: the other row is not there. */
const STRUCTURAL = [
  'nobody else is in this user’s tenant',
  'its tenant has no other row of it',
  'the row of its tenant is another user’s',
];

function letterOf({ row, forged }: Cell): string {
  return forged === 'owner' ? 'O' : forged === 'tenant' ? 'T' : LETTERS[row];
}

function field(cells: readonly Cell[], persona: string, command: Cell['command']): string {
  const own = cells.filter((cell) => cell.command === command && cell.personas.includes(persona));
  const letters = (keep: (cell: Cell) => boolean) =>
    own
      .filter(keep)
      .map(letterOf)
      .sort((a, b) => 'otfaOT'.indexOf(a) - 'otfaOT'.indexOf(b))
      .join('');
  const allowed = letters(({ outcome }) => outcome === 'allowed');
  const recursion = letters(({ outcome }) => outcome === 'recursion');
  const error = letters(({ outcome, reason }) => outcome === 'error' && reason === null);
  const untried = letters(({ outcome, reason }) => outcome === 'not-tried' && !STRUCTURAL.includes(reason ?? ''));
  const parts = [allowed, recursion && `recursion:${recursion}`, error && `error:${error}`, untried && `?${untried}`];
  return parts.filter(Boolean).join('+') || '.';
}

const nameOf = ({ schema, table, bucket }: Matrix['relations'][number]) =>
  bucket === null ? (schema === 'public' ? table : `${schema}.${table}`) : `bucket:${bucket}`;

/** The matrix in the notation of the truth tables: who may do what with which rows. */
export function observed(matrix: Matrix): Map<string, string> {
  const lines = new Map<string, string>();
  for (const relation of matrix.relations)
    for (const { name } of matrix.personas)
      lines.set(
        `${nameOf(relation)} ${name}`,
        COMMANDS.map((command) => field(relation.cells, name, command)).join(' '),
      );
  return lines;
}

/**
 * The truth table in a schema's comments: `-- table who select insert update delete`, rows as letters: own, tenant, foreign,
 * any; O and T a forged owner or tenant that is taken; `.` none. `anonymous`, `aal2` and `expired` are as A unless said.
 */
export function truthOf(sql: string, personas: readonly string[]): Map<string, string> {
  const truth = new Map<string, string>();
  const [, table = ''] = sql.split(/^-- truth .*$/m);
  for (const line of table.split('\n')) {
    const [relation, who, ...fields] = line
      .replace(/^--\s*/, '')
      .trim()
      .split(/\s+/);
    if (!relation || !who || fields.length !== 4) continue;
    for (const persona of who.split(',')) truth.set(`${relation} ${persona}`, fields.join(' '));
  }
  for (const [key, fields] of [...truth]) {
    const [relation, persona] = key.split(' ');
    if (persona !== 'A') continue;
    for (const same of ['anonymous', 'aal2', 'expired'].filter((name) => personas.includes(name)))
      if (!truth.has(`${relation} ${same}`)) truth.set(`${relation} ${same}`, fields);
  }
  return truth;
}
