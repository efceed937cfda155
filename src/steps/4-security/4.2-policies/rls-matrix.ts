import { ACCESS_FILE, type AccessContract, contractName, deviationsFrom } from '../../../core/access-contract.ts';
import { defineCheck, skipped } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified } from '../../../core/text.ts';
import {
  type AccessFacts,
  AUDIENCES,
  type Audience,
  type Cell,
  cellsOf,
  confineFix,
  isAsTried,
  judged,
  judgeOwned,
  openByCatalogue,
  readableByContent,
  type Served,
  servedTables,
  triedAs,
} from '../../lib/access.ts';
import { EXPOSURE, exposedSchemas, reachesSchema, relationNamed, UNKNOWN_EXPOSURE } from '../../lib/exposure.ts';
import type { Operation } from '../../lib/policy-tree.ts';
import { isDeclared, listed, relationRef } from '../../lib/refs.ts';
import { groupBy } from '../../lib/tables.ts';
import { RLS_DOCS, SHARPENED } from '../shared.ts';
import { indirectLeaks } from './indirect-leaks.ts';

const VERBS = { select: 'read', update: 'change', delete: 'delete' } as const;

interface Leak {
  command: keyof typeof VERBS;
  cells: Cell[];
}

/** Commands with which somebody reached a row that is not theirs, and that no check over the catalogue reports. */
function leaksOf(
  facts: AccessFacts & Partial<Pick<Facts, 'declared'>>,
  served: Served,
  { role, personas }: Audience,
): Leak[] {
  const { tried, relation } = served;
  if (!reachesSchema(facts, role, relation.schema)) return [];
  return (Object.keys(VERBS) as Leak['command'][]).flatMap((command): Leak[] => {
    const cells = cellsOf(tried, personas, command).filter(
      ({ row, forged, outcome }) => row === 'foreign' && forged === null && outcome === 'allowed',
    );
    if (cells.length === 0 || openByCatalogue(facts, served, role, command)) return [];
    const meant =
      command === 'select' &&
      (isDeclared(facts.declared?.publicTables, relation) || readableByContent(facts, served, role));
    return meant ? [] : [{ command, cells }];
  });
}

const ROWS = {
  own: 'the caller’s own row',
  tenant: 'a row of the same tenant',
  foreign: 'a foreign row',
  any: 'a row',
} as const;

/** Where a person has approved who may do what: every deviation, whichever way. */
function deviations(facts: AccessFacts, contract: AccessContract): FindingDraft[] {
  const groups = groupBy(deviationsFrom(contract, facts.accessMatrix), ({ relation, cell }) =>
    JSON.stringify([contractName(relation), cell.command, cell.row, cell.forged, cell.outcome === 'allowed']),
  );
  return [...groups.values()].flatMap((group): FindingDraft[] => {
    const [first] = group;
    if (!first) return [];
    const { relation: tried, cell, expected } = first;
    const relation = relationNamed(facts, tried.schema, tried.table);
    if (!relation || (tried.bucket === null && !isAsTried(facts, relation))) return [];
    const personas = [...new Set(group.map(({ persona }) => persona))];
    const what = `${cell.command.toUpperCase()} of ${ROWS[cell.row]}${cell.forged ? ` with a forged ${cell.forged}` : ''}`;
    return [
      {
        object: tried.bucket === null ? relationRef(relation) : objectRef('bucket', null, tried.bucket),
        message: `${listed(personas)}: ${what} in ${contractName(tried)} is ${cell.outcome === 'allowed' ? 'allowed' : `refused (${cell.outcome})`}, and ${ACCESS_FILE} says ${expected}`,
        detail: triedAs(
          group.map((deviation) => deviation.cell),
          personas,
        ),
        fix: {
          command: `change the policies${tried.bucket === null ? ` (supaready access --suggest ${contractName(tried)} tries the tightest that pass)` : ''}, or change ${ACCESS_FILE} in a pull request (supaready access --propose shows what is)`,
          url: RLS_DOCS,
        },
        discriminator: [cell.command, cell.row, cell.forged ?? '', cell.outcome === 'allowed'].join(' '),
      },
    ];
  });
}

function findingsOf(facts: AccessFacts & Partial<Pick<Facts, 'declared'>>, table: Served): FindingDraft[] {
  const { relation, tried } = table;
  const told = new Set<Operation>();
  return AUDIENCES.flatMap((audience): FindingDraft[] => {
    const leaks = leaksOf(facts, table, audience).filter(({ command }) => !told.has(command));
    if (leaks.length === 0) return [];
    for (const { command } of leaks) told.add(command);
    const commands = leaks.map(({ command }) => command);
    const writes = commands.some((command) => command !== 'select');
    const sql = confineFix(facts, table, audience.role, commands);
    return [
      {
        object: relationRef(relation),
        severity: writes ? 'blocker' : 'high',
        message: `${audience.who} can ${listed(commands.map((command) => VERBS[command]))} ${tried.ownership.tenant ? 'other tenants’' : 'other users’'} rows of ${qualified(relation.schema, relation.name)}`,
        detail: triedAs(
          leaks.flatMap(({ cells }) => cells),
          audience.personas,
        ),
        fix: {
          sql,
          command: sql === null ? 'confine the policies of the table to the caller’s own rows or tenant' : null,
          url: RLS_DOCS,
        },
        discriminator: audience.role,
      },
    ];
  });
}

export const rlsMatrix = defineCheck({
  id: 'rls-matrix',
  rev: 2,
  title: 'Nobody reaches a row that is not theirs',
  why: 'A policy can read well and still let another tenant in: a forgotten comparison in a subquery, a helper that asks the wrong column, an OR too many. Only trying it tells.',
  severity: 'blocker',
  source:
    'CATALOGUE 4.2 rls-matrix; PostgreSQL, CREATE POLICY; PostgREST, “HTTP Context” (role and request.jwt.claims)',
  remedy:
    'Compare the row’s owner or tenant column with the caller in the policy itself: (select auth.uid()), or the tenants the caller is a member of.',
  falseAlarms:
    'Only tables with an owner or tenant column, or a foreign key that leads to one; what is inferred can be corrected in access.tables of the configuration. Silent where row level security is off or a policy is true of every row (other checks report it), where a policy lets rows be read by what they hold (published, active) and not by whose they are, in tables declared in publicTables (reading), and for rows of the caller’s own tenant. A view is judged only where its own WHERE asks who is calling and every table below keeps the rows from the same users; a function likewise, and only where it can be called without an argument and cannot write; a bucket only where every policy of it compares path or owner with the caller. Where supaready.access.json stands in the repository, it decides instead: every deviation from it is a blocker, and nothing else is.',
  matrix: 'RLS',
  needs: [...EXPOSURE, 'constraints', 'accessMatrix'],
  uses: [...SHARPENED, 'shadowCatalogue', 'repoAccess', 'storage'],
  evaluate({ facts }) {
    if (exposedSchemas(facts) === null) return skipped(UNKNOWN_EXPOSURE);
    const { repoAccess } = facts;
    if (repoAccess?.error) return skipped(`${ACCESS_FILE} cannot be read: ${repoAccess.error}`);
    if (!repoAccess?.contract)
      return judgeOwned(facts, (table) => findingsOf(facts, table), undefined, indirectLeaks(facts));
    return judged(servedTables(facts), deviations(facts, repoAccess.contract));
  },
});
