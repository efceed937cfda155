import { defineCheck } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import {
  type AccessFacts,
  AUDIENCES,
  type Audience,
  type Cell,
  cellsOf,
  confineFix,
  judgeOwned,
  openByCatalogue,
  type Served,
  triedAs,
  USERS,
} from '../../lib/access.ts';
import { EXPOSURE, reachesSchema } from '../../lib/exposure.ts';
import { perFacet } from '../../lib/memo.ts';
import { isOwnerName } from '../../lib/owners.ts';
import { relationRef } from '../../lib/refs.ts';
import { RLS_DOCS, SHARPENED } from '../shared.ts';

interface Forgery {
  column: string;
  severity: Severity;
  what: string;
  cells: Cell[];
}

/** Rows of the parent that anybody may read are there to be answered: comments on public posts. */
function parentIsOpen(facts: AccessFacts, { tried }: Served, personas: readonly string[]): boolean {
  const { via } = tried.ownership;
  const parent = facts.accessMatrix.relations.find(
    ({ schema, table }) => schema === via?.schema && table === via.table,
  );
  return (
    parent !== undefined &&
    cellsOf(parent, personas, 'select').some(({ row, outcome }) => row === 'foreign' && outcome === 'allowed')
  );
}

/** Belonging to a tenant opens anything: users reach rows of their tenant's others, and not of other tenants'. */
const tenancyCounts = perFacet(({ relations }: AccessFacts['accessMatrix']): boolean =>
  relations.some(({ cells }) => {
    const reached = (row: Cell['row']) =>
      cells.some(
        (cell) =>
          cell.command === 'select' &&
          cell.row === row &&
          cell.outcome === 'allowed' &&
          cell.personas.some((name) => USERS.includes(name)),
      );
    return reached('tenant') && !reached('foreign');
  }),
);

function forgeriesOf(facts: AccessFacts, served: Served, { role, personas }: Audience): Forgery[] {
  const { tried } = served;
  const { owner, tenant, via } = tried.ownership;
  const accepted = (command: 'insert' | 'update', keep: (cell: Cell) => boolean) =>
    openByCatalogue(facts, served, role, command)
      ? []
      : cellsOf(tried, personas, command).filter((cell) => cell.outcome === 'allowed' && keep(cell));
  const found: Forgery[] = [];
  const both = (keep: (cell: Cell) => boolean) => [...accepted('insert', keep), ...accepted('update', keep)];
  if (tenant && tenant.source !== 'primary key' && tenancyCounts(facts.accessMatrix)) {
    const cells = both(({ forged }) => forged === 'tenant');
    const what = tried.membership ? 'make themselves a member of any tenant' : 'write rows into any tenant';
    if (cells.length > 0) found.push({ column: tenant.column, severity: 'blocker', what, cells });
  }
  // Whoever adds a member writes another's id.
  if (owner && !tried.membership) {
    const decides = owner.source === 'policy' || owner.source === 'config';
    const cells = both(({ forged }) => forged === 'owner');
    if (cells.length > 0 && (decides || isOwnerName(owner.column)))
      found.push({
        column: owner.column,
        severity: decides ? 'blocker' : 'high',
        what: 'write rows in another user’s name',
        cells,
      });
  }
  const foreign = accepted('insert', ({ row, forged }) => row === 'foreign' && forged === null);
  if (found.length === 0 && foreign.length > 0) {
    const column = tenant?.column ?? owner?.column ?? via?.column ?? '';
    const open = !tenant && !owner && parentIsOpen(facts, served, personas);
    const named =
      tenant !== null ||
      (owner !== null && (owner.source !== 'foreign key' || isOwnerName(owner.column))) ||
      via !== null;
    if (!open && named)
      found.push({
        column,
        severity: 'blocker',
        what: tenant ? 'insert rows into any tenant' : 'insert rows that are another user’s',
        cells: foreign,
      });
  }
  return found;
}

function findingsOf(facts: AccessFacts, table: Served): FindingDraft[] {
  const { relation } = table;
  const told = new Set<string>();
  return AUDIENCES.filter(({ role }) => reachesSchema(facts, role, relation.schema)).flatMap((audience) =>
    forgeriesOf(facts, table, audience).flatMap(({ column, severity, what, cells }): FindingDraft[] => {
      if (told.has(column)) return [];
      told.add(column);
      const commands = [...new Set(cells.map(({ command }) => command))];
      const sql = confineFix(facts, table, audience.role, commands);
      return [
        {
          object: relationRef(relation),
          severity,
          message: `${audience.who} can ${what}: ${qualified(relation.schema, relation.name)} takes any ${quoteIdent(column)}`,
          detail: triedAs(cells, audience.personas),
          fix: {
            sql,
            command: sql === null ? `compare ${column} of the new row with the caller in WITH CHECK` : null,
            url: RLS_DOCS,
          },
          discriminator: column,
        },
      ];
    }),
  );
}

export const rlsForgeOwner = defineCheck({
  id: 'rls-forge-owner',
  rev: 1,
  title: 'Nobody writes a row in another user’s or tenant’s name',
  why: 'A row that says it is somebody else’s is a forged message, order or membership; one that says another tenant’s is a way in.',
  severity: 'blocker',
  source: 'CATALOGUE 4.2 rls-forge-owner; PostgreSQL, CREATE POLICY: WITH CHECK',
  remedy: 'Compare the owner and the tenant column of the new row with the caller in WITH CHECK.',
  falseAlarms:
    'Tried, not read: triggers that set the column and rights on columns count. Silent where WITH CHECK is true of every row (policy-check-true), for columns that name somebody else by their nature (assignee_id), for the member in a membership table, for lines below a row that anybody may read (comments on public posts), and for tenants whose members share nothing.',
  matrix: 'RLS',
  needs: [...EXPOSURE, 'constraints', 'accessMatrix'],
  uses: [...SHARPENED, 'shadowCatalogue'],
  evaluate: ({ facts }) => judgeOwned(facts, (table) => findingsOf(facts, table)),
});
