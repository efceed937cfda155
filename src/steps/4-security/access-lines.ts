import { caseOf, contractName } from '../../core/access-contract.ts';
import { ACCESS_COMMANDS } from '../../core/facts/access.ts';
import type { Facts } from '../../core/facts.ts';
import { groupBy } from '../lib/tables.ts';

type Tried = Facts['accessMatrix']['relations'][number];

const WHOSE = {
  own: 'own rows',
  tenant: 'rows of the same tenant',
  foreign: 'rows of others',
  any: 'rows',
  'forged-owner': 'in another’s name',
  'forged-tenant': 'into another tenant',
} as const;

/** What was observed of one relation, a line for each command: who may, with whose rows. */
export function accessLines({ ownership, cells }: Tried): string[] {
  const by = [
    ...(ownership.owner ? [`owner: ${ownership.owner.column}`] : []),
    ...(ownership.tenant ? [`tenant: ${ownership.tenant.column}`] : []),
    ...(ownership.via ? [`by ${ownership.via.column} of ${ownership.via.schema}.${ownership.via.table}`] : []),
  ];
  const lines = ACCESS_COMMANDS.flatMap((command) => {
    const tried = cells.filter((cell) => cell.command === command && cell.outcome !== 'not-tried');
    if (tried.length === 0) return [];
    const cases = [...groupBy(tried, caseOf)].flatMap(([row, alike]) => {
      const allowed = alike.filter(({ outcome }) => outcome === 'allowed').flatMap(({ personas }) => personas);
      const people = [...new Set(allowed)].filter((persona) => persona !== 'service_role');
      return people.length > 0 ? [`${WHOSE[row as keyof typeof WHOSE]}: ${people.join(', ')}`] : [];
    });
    return [`${command}  ${cases.length > 0 ? cases.join('; ') : 'nobody'}`];
  });
  return [by.length > 0 ? `whose a row is, ${by.join(', ')}` : 'rows belong to nobody', ...lines];
}

/** Every relation that was tried, by its name in the contract. */
export function triedItems(matrix: Facts['accessMatrix']): { name: string; lines: string[] }[] {
  return matrix.relations
    .filter(({ cells }) => cells.some(({ outcome }) => outcome !== 'not-tried'))
    .map((relation) => ({ name: contractName(relation), lines: accessLines(relation) }));
}
