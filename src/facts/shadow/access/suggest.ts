import type pg from 'pg';
import { type AccessContract, caseOf, contractName, deviationsFrom } from '../../../core/access-contract.ts';
import { ACCESS_COMMANDS } from '../../../core/facts/access.ts';
import type { Facts } from '../../../core/facts.ts';
import { printable, qualified, quoteIdent } from '../../../core/text.ts';
import type { ShadowContext } from '../collect.ts';
import { inCopy } from '../copy-session.ts';
import { type AccessProbe, prepareAccess } from './probe.ts';

/*
 * The tightest policies that still pass the approved matrix. Nothing is derived: candidates are tried from the tightest on, in
 * a copy of the replayed database, and what is handed back has passed every case of the contract.
 */

type Matrix = Facts['accessMatrix'];
type Command = (typeof ACCESS_COMMANDS)[number];
type Role = 'anon' | 'authenticated';

export interface Wanted {
  schema: string;
  table: string;
  contract: AccessContract;
  /** Conditions on a row that may be needed, tightest first; `true` is tried last, always. */
  conditions: readonly string[];
}

/** SQL that puts the policies in place, or why there is none to suggest. */
export type Suggestion = { sql: string; reason: null } | { sql: null; reason: string };

/** What a policy lets pass: rows as they are, and as they become. */
interface Candidate {
  using: string;
  check: string;
}

const SECOND_FACTOR = `(auth.jwt() ->> 'aal') = 'aal2'`;
const NO_VISITOR = `coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false) is false`;
/** Conditions on the session, tightest first. */
const SESSIONS: readonly (readonly string[])[] = [[SECOND_FACTOR, NO_VISITOR], [SECOND_FACTOR], [NO_VISITOR], []];

const all = (conditions: readonly string[]) => {
  const real = conditions.filter((condition) => condition !== 'true');
  const [only = 'true'] = real;
  return real.length < 2 ? only : real.map((condition) => `(${condition})`).join(' and ');
};

/** From nothing at all on; a session's condition is the caller's, so it holds for old and new rows alike. */
function ladder(role: Role, command: Command, conditions: readonly string[]): (Candidate | null)[] {
  const rows = [...conditions, 'true'];
  const sessions = role === 'anon' ? [[]] : SESSIONS;
  const steps = rows.flatMap((using, at) =>
    (command === 'update' ? rows.slice(at) : [using]).flatMap((check) =>
      sessions.map((session) => ({ using: all([using, ...session]), check: all([check, ...session]) })),
    ),
  );
  return [null, ...steps];
}

function createPolicy(name: string, wanted: Wanted, command: Command, role: Role, candidate: Candidate): string {
  const clauses = [
    ...(command === 'insert' ? [] : [`using (${candidate.using})`]),
    ...(command === 'insert' || (command === 'update' && candidate.check !== candidate.using)
      ? [`with check (${candidate.check})`]
      : []),
  ];
  return `create policy ${quoteIdent(name)} on ${qualified(wanted.schema, wanted.table)} for ${command} to ${role} ${clauses.join(' ')}`;
}

interface Standing {
  name: string;
  permissive: boolean;
  roles: string[];
}

async function standing(client: pg.Client, { schema, table }: Wanted): Promise<Standing[]> {
  const { rows } = await client.query<Standing>(
    `select policyname as name, permissive = 'PERMISSIVE' as permissive, roles::text[] as roles
     from pg_catalog.pg_policies where schemaname = $1 and tablename = $2 order by 1`,
    [schema, table],
  );
  return rows;
}

const rolesOf = new Map<string, Role>([
  ['anon', 'anon'],
  ...['A', 'B', 'C', 'anonymous', 'aal2', 'expired'].map((name) => [name, 'authenticated'] as const),
]);

function isWanted(wanted: Wanted, relation: Pick<Matrix['relations'][number], 'schema' | 'table' | 'bucket'>): boolean {
  return relation.bucket === null && relation.schema === wanted.schema && relation.table === wanted.table;
}

/** A case that is to be allowed and was not tried would pass without a policy. */
function untried(wanted: Wanted, matrix: Matrix): string | null {
  const relation = matrix.relations.find((one) => isWanted(wanted, one));
  if (!relation) return 'it was not tried: no API role reaches it, or it is no table of the project';
  if (relation.kind !== 'table' && relation.kind !== 'partition')
    return `policies are for tables, and it is a ${relation.kind}`;
  const access = wanted.contract.tables[contractName(relation)]?.access;
  if (!access) return 'the contract does not speak of it';
  for (const [persona, commands] of Object.entries(access))
    for (const [command, cases] of Object.entries(commands))
      for (const [row, verdict] of Object.entries(cases ?? {})) {
        const cell = relation.cells.find(
          (one) => one.command === command && caseOf(one) === row && one.personas.includes(persona),
        );
        if (verdict === 'allow' && (!cell || cell.outcome === 'not-tried'))
          return `that ${persona} may ${command} a row (${row}) could not be tried: ${cell?.reason ?? 'nobody is there to try it'}`;
      }
  return null;
}

/** Runs `work` and takes back what it did. */
async function undone<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('savepoint suggestion');
  try {
    return await work();
  } finally {
    await client.query('rollback to savepoint suggestion; release savepoint suggestion');
  }
}

async function passes(
  client: pg.Client,
  probe: AccessProbe,
  wanted: Wanted,
  statements: readonly string[],
  command: Command,
  role: Role,
): Promise<boolean> {
  const matrix = await undone(client, async () => {
    for (const statement of statements) await client.query(statement);
    return probe.matrix(({ relation, bucket }) =>
      isWanted(wanted, { schema: relation.schema, table: relation.name, bucket }),
    );
  });
  return deviationsFrom(wanted.contract, matrix).every(
    ({ persona, cell }) => cell.command !== command || rolesOf.get(persona) !== role,
  );
}

/** What of other relations changed, by name. */
function changedElsewhere(wanted: Wanted, before: Matrix, after: Matrix): string[] {
  return before.relations.flatMap((relation, at) =>
    isWanted(wanted, relation) || JSON.stringify(relation.cells) === JSON.stringify(after.relations[at]?.cells)
      ? []
      : [contractName(relation)],
  );
}

/** The contract knows a few personas; people and rows beyond them lose what only the replaced policies gave. */
function caution(replaced: readonly Standing[]): string {
  if (replaced.length === 0) return '';
  const names = replaced.map(({ name }) => `“${printable(name)}”`).join(', ');
  return `-- Passes every case of supaready.access.json. Takes the place of ${names}:\n-- whom the contract does not speak of (administrators, say) is no longer let in by them.\n`;
}

/** Suggests policies for anon and authenticated; restrictive policies and those for other roles stay as they are. */
export function suggestPolicies(context: ShadowContext, wanted: Wanted): Promise<Suggestion> {
  const no = (reason: string): Suggestion => ({ sql: null, reason });
  return inCopy(context, async (client) => {
    const probe = await prepareAccess(client, context);
    const before = await probe.matrix();
    const gap = untried(wanted, before);
    if (gap !== null) return no(gap);
    const policies = await standing(client, wanted);
    const replaced = policies.filter(
      ({ permissive, roles }) =>
        permissive && roles.every((role) => ['anon', 'authenticated', 'public'].includes(role)),
    );
    const table = qualified(wanted.schema, wanted.table);
    const taken = new Set(policies.filter((policy) => !replaced.includes(policy)).map(({ name }) => name));
    const chosen = [
      ...replaced.map(({ name }) => `drop policy ${quoteIdent(name)} on ${table}`),
      `alter table ${table} enable row level security`,
    ];
    for (const command of ACCESS_COMMANDS) {
      for (const role of ['anon', 'authenticated'] as const) {
        let name = `${command} as approved, ${role}`;
        while (taken.has(name)) name += '.';
        let statement: string | null | undefined;
        for (const candidate of ladder(role, command, wanted.conditions)) {
          context.signal?.throwIfAborted();
          const tried = candidate && createPolicy(name, wanted, command, role, candidate);
          if (!(await passes(client, probe, wanted, [...chosen, ...(tried ? [tried] : [])], command, role))) continue;
          statement = tried;
          break;
        }
        if (statement === undefined)
          return no(`no policy made of whose the rows are gives ${role} just what the contract says of ${command}`);
        if (statement !== null) chosen.push(statement);
      }
    }
    const after = await undone(client, async () => {
      for (const statement of chosen) await client.query(statement);
      return probe.matrix();
    });
    const left = deviationsFrom(wanted.contract, after).filter(({ relation }) => isWanted(wanted, relation));
    if (left.length > 0) return no(`${left[0]?.persona} would not be let do what the contract says`);
    const elsewhere = changedElsewhere(wanted, before, after);
    if (elsewhere.length > 0) return no(`it would change who reaches ${elsewhere.join(', ')}`);
    return { sql: `${caution(replaced)}${chosen.join(';\n')};\n`, reason: null };
  });
}
