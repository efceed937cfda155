import * as z from 'zod';
import { ACCESS_COMMANDS } from './facts/access.ts';
import type { Facts } from './facts.ts';

/* supaready.access.json: who may do what, as a person has approved it; what is observed is compared with it. */

export const ACCESS_FILE = 'supaready.access.json';

type Matrix = Facts['accessMatrix'];
type Tried = Matrix['relations'][number];
type Cell = Tried['cells'][number];

const verdict = () => z.enum(['allow', 'deny']);
const CASES = ['own', 'tenant', 'foreign', 'any', 'forged-owner', 'forged-tenant'] as const;
type Case = (typeof CASES)[number];

/** Of one command: whose row → allow or deny. */
const commandSchema = () => z.partialRecord(z.enum(CASES), verdict());
/** Of one persona: command → rows. */
const personaSchema = () => z.partialRecord(z.enum(ACCESS_COMMANDS), commandSchema());

/** The published form (schemas/access.schema.json). Unknown keys are errors. */
export const accessContractSchema = () =>
  z.strictObject({
    $schema: z.string().optional(),
    schema: z.literal('supaready.access/v1'),
    /** `schema.table`, or `bucket:name` for files; then the persona (`anon`, `A`, `B`, `C`, `anonymous`, `aal2`, a role). */
    tables: z.record(
      z.string(),
      z.strictObject({
        /** Columns that say whose a row is; once approved they are no longer inferred. */
        owner: z.string().nullable(),
        tenant: z.string().nullable(),
        /** Every column that holds a claim of the row's user: `{"sender_id": "sub", "email": "email"}`. */
        people: z.record(z.string(), z.string()),
        access: z.record(z.string(), personaSchema()),
      }),
    ),
  });
export type AccessContract = z.infer<ReturnType<typeof accessContractSchema>>;

/** The name a relation has in the contract. */
export function contractName({ schema, table, bucket }: Pick<Tried, 'schema' | 'table' | 'bucket'>): string {
  return bucket === null ? `${schema}.${table}` : `bucket:${bucket}`;
}

/** The name of a cell's row in the contract. */
export function caseOf({ row, forged }: Pick<Cell, 'row' | 'forged'>): Case {
  return forged === null ? row : `forged-${forged}`;
}

/** A secret key passes by every policy: there is nothing to approve. */
const contracted = (persona: string) => persona !== 'service_role';

/** What was observed, as a contract to be read and approved. */
export function proposeContract({ relations, personas }: Matrix): AccessContract {
  const tables: AccessContract['tables'] = {};
  for (const relation of relations) {
    const access: AccessContract['tables'][string]['access'] = {};
    for (const { name } of personas.filter((persona) => contracted(persona.name))) {
      for (const command of ACCESS_COMMANDS) {
        for (const cell of relation.cells) {
          if (cell.command !== command || cell.outcome === 'not-tried' || !cell.personas.includes(name)) continue;
          access[name] ??= {};
          access[name][command] ??= {};
          access[name][command][caseOf(cell)] = cell.outcome === 'allowed' ? 'allow' : 'deny';
        }
      }
    }
    if (Object.keys(access).length === 0) continue;
    const { owner, tenant, people } = relation.ownership;
    tables[contractName(relation)] = { owner: owner?.column ?? null, tenant: tenant?.column ?? null, people, access };
  }
  return { schema: 'supaready.access/v1', tables };
}

/** What the contract says of whose the rows are, for the collector to go by. */
export function ownershipIn({
  tables,
}: AccessContract): Record<string, Omit<AccessContract['tables'][string], 'access'>> {
  return Object.fromEntries(
    Object.entries(tables).flatMap(([name, { owner, tenant, people }]) =>
      name.startsWith('bucket:') ? [] : [[name, { owner, tenant, people }]],
    ),
  );
}

/** A cell in which what was observed is not what the contract says. */
export interface Deviation {
  relation: Tried;
  persona: string;
  cell: Cell;
  expected: 'allow' | 'deny' | 'nothing';
}

/** Every deviation of what was observed from the contract. Cells that could not be tried deviate from nothing. */
export function deviationsFrom(contract: AccessContract, { relations }: Matrix): Deviation[] {
  return relations.flatMap((relation) => {
    const said = contract.tables[contractName(relation)];
    return relation.cells.flatMap((cell) =>
      cell.outcome === 'not-tried'
        ? []
        : cell.personas.filter(contracted).flatMap((persona): Deviation[] => {
            const expected = said?.access[persona]?.[cell.command]?.[caseOf(cell)];
            const allowed = cell.outcome === 'allowed';
            // What nobody spoke of is denied.
            if ((expected ?? 'deny') === (allowed ? 'allow' : 'deny')) return [];
            return [{ relation, persona, cell, expected: expected ?? 'nothing' }];
          }),
    );
  });
}
