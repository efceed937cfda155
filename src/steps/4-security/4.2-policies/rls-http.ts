import { contractName } from '../../../core/access-contract.ts';
import { type CheckOutcome, defineCheck, skipped } from '../../../core/check.ts';
import type { Facts, Relation } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted, qualified } from '../../../core/text.ts';
import {
  type AccessFacts,
  asksOfRowState,
  type Cell,
  permissive,
  readableByContent,
  type Tried,
} from '../../lib/access.ts';
import { type ApiRole, EXPOSURE, relationNamed } from '../../lib/exposure.ts';
import type { Operation } from '../../lib/policy-tree.ts';
import { isDeclared, isUsers, listed, relationRef } from '../../lib/refs.ts';
import { RLS_DOCS, SHARPENED } from '../shared.ts';

type HttpFacts = AccessFacts & Pick<Facts, 'httpAccess'> & Partial<Pick<Facts, 'declared' | 'repoAccess'>>;
type Asked = Facts['httpAccess']['relations'][number]['cells'][number];

interface Pair {
  asked: Asked;
  predicted: Cell;
}

const REFUSED: ReadonlySet<string> = new Set(['filtered', 'denied', 'recursion']);
const VERBS: Readonly<Record<Operation, string>> = {
  select: 'read',
  insert: 'insert',
  update: 'change',
  delete: 'delete',
};
const roleOf = ({ persona }: Asked): ApiRole => (persona === 'anon' ? 'anon' : 'authenticated');
const whoOf = (pairs: readonly Pair[]) =>
  pairs.some(({ asked }) => asked.persona === 'anon') ? 'anyone with the publishable key' : 'a signed-in user';

/** What was asked over HTTP beside what SQL answered in the copy; what either did not try is left out. */
function pairsOf(facts: HttpFacts, tried: Tried): Pair[] {
  const asked = facts.httpAccess.relations.find(
    ({ schema, table }) => schema === tried.schema && table === tried.table,
  );
  return (asked?.cells ?? []).flatMap((cell): Pair[] => {
    const predicted = tried.cells.find(
      (one) =>
        one.command === cell.command &&
        one.row === cell.row &&
        one.forged === null &&
        one.personas.includes(cell.persona),
    );
    const both = predicted && predicted.outcome !== 'not-tried' && cell.outcome !== 'not-tried';
    return both ? [{ asked: cell, predicted }] : [];
  });
}

/** What the row itself may decide, which is another one in the copy, by the policies that the migrations make. */
function rowDecides(live: HttpFacts, tried: Tried, relation: Relation, { asked }: Pair): boolean {
  const facts: HttpFacts = { ...live, ...live.shadowCatalogue };
  const role = roleOf(asked);
  if (asked.command === 'select') {
    const approved = facts.repoAccess?.contract?.tables[contractName(tried)]?.access[asked.persona]?.select;
    const meant = Object.values(approved ?? {}).includes('allow') || isDeclared(facts.declared?.publicTables, relation);
    if (meant || readableByContent(facts, { tried, relation }, role)) return true;
  }
  return asksOfRowState(facts, { tried, relation }, permissive(facts, relation, role, asked.command), asked.command);
}

function described(pairs: readonly Pair[]): string {
  const rows = { own: 'the user’s own row', foreign: 'somebody else’s row', any: 'a row' } as const;
  return listed(
    pairs.map(
      ({ asked, predicted }) =>
        `${asked.command.toUpperCase()} of ${rows[asked.row]} as ${asked.persona}: ${asked.outcome} over HTTP (${[asked.status, asked.code].filter((part) => part !== null).join(' ')}), ${predicted.outcome} by SQL${predicted.sqlstate ? ` (${predicted.sqlstate})` : ''}`,
    ),
    4,
  );
}

function findingsOf(facts: HttpFacts, relation: Relation, tried: Tried, pairs: readonly Pair[]): FindingDraft[] {
  const table = qualified(relation.schema, relation.name);
  const verbs = (some: readonly Pair[]) => listed([...new Set(some.map(({ asked }) => VERBS[asked.command]))]);
  const counting = pairs.filter((pair) => !rowDecides(facts, tried, relation, pair));
  const leaks = counting.filter(
    ({ asked, predicted }) => asked.outcome === 'allowed' && REFUSED.has(predicted.outcome),
  );
  const refusals = counting.filter(
    ({ asked, predicted }) =>
      predicted.outcome === 'allowed' && asked.outcome !== 'allowed' && asked.outcome !== 'filtered',
  );
  const findings: FindingDraft[] = [];
  if (leaks.length > 0) {
    const foreign = leaks.some(({ asked }) => asked.row !== 'own');
    findings.push({
      object: relationRef(relation),
      discriminator: 'allowed',
      severity: foreign ? 'blocker' : 'high',
      message: `over the API ${whoOf(leaks)} can ${verbs(leaks)} ${foreign ? 'rows of others' : 'their own rows'} in ${table}, which the database of the migrations refuses`,
      detail: described(leaks),
      fix: {
        command:
          'compare the live grants and policies of the table with those the migrations make (schema-drift), and take away what is more',
        url: RLS_DOCS,
      },
    });
  }
  if (refusals.length > 0)
    findings.push({
      object: relationRef(relation),
      discriminator: 'refused',
      severity: 'high',
      message: `over the API ${whoOf(refusals)} cannot ${verbs(refusals)} rows of ${table}, although the database of the migrations lets them`,
      detail: described(refusals),
      fix: {
        command:
          'apply the migrations that grant it, reload the schema cache (notify pgrst, ‘reload schema’), and check that the schema is exposed',
        url: RLS_DOCS,
      },
    });
  return findings;
}

function outcome(facts: HttpFacts): CheckOutcome {
  const { httpAccess, accessMatrix } = facts;
  const findings: FindingDraft[] = [];
  let reads = 0;
  let changes = 0;
  for (const tried of accessMatrix.relations) {
    const relation = relationNamed(facts, tried.schema, tried.table);
    if (tried.bucket !== null || !relation || !isUsers(relation)) continue;
    const pairs = pairsOf(facts, tried);
    for (const { asked } of pairs) asked.command === 'select' ? reads++ : changes++;
    findings.push(...findingsOf(facts, relation, tried, pairs));
  }
  for (const what of httpAccess.left)
    findings.push({
      object: objectRef('project', null, httpAccess.origin),
      discriminator: what,
      severity: 'medium',
      message: `${what} could not be removed`,
      detail:
        'users are removed with the secret key (api.secretKey); a row that a rule filled in cannot be told from others',
      fix: { command: 'delete it in the dashboard, users under Authentication → Users' },
    });
  if (reads + changes === 0 && findings.length === 0) {
    const reasons = httpAccess.relations.flatMap(({ cells }) => cells.flatMap(({ reason }) => reason ?? []));
    return skipped(
      `nothing could be asked as the test users: ${listed([...new Set(reasons)], 3) || 'no table of users’ rows is served'}; give the test users rows of their own`,
    );
  }
  const text = `${counted(reads, 'read')} and ${counted(changes, 'change')} over HTTP${httpAccess.writes === null ? '' : ` (${httpAccess.writes})`}`;
  return { kind: 'evaluated', lookedAt: { count: reads + changes, text }, findings };
}

export const rlsHttp = defineCheck({
  id: 'rls-http',
  rev: 1,
  title: 'The API gives each user what the database says, and nothing more',
  why: 'Between SQL and your users stand the API, its keys and its settings. Asked as two real users, it must answer as the database of your migrations does.',
  severity: 'blocker',
  source:
    'CATALOGUE 4.2 rls-http; PostgREST, Authentication: database roles and claims; Max Affected (a change of more rows is undone)',
  remedy:
    'Bring the live database to what the migrations make, and look for another way into the API: a proxy, a key of another role, an exposed schema.',
  falseAlarms:
    'Rows are found in the live database by the owner and tenant columns of the access matrix. Silent where a row’s own content decides (published, active), for tables that are declared public, and where the live row is merely filtered. Changes are tried only with consent, never on production, and so that the API undoes them.',
  matrix: 'RLS',
  needs: [...EXPOSURE, 'constraints', 'accessMatrix', 'httpAccess'],
  uses: [...SHARPENED, 'repoAccess', 'shadowCatalogue'],
  evaluate: ({ facts }) => outcome(facts),
});
