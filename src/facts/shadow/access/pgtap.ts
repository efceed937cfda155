import { type AccessContract, caseOf, contractName } from '../../../core/access-contract.ts';
import { quoteLiteral } from '../../../core/text.ts';
import type { ShadowContext } from '../collect.ts';
import { inCopy } from '../copy-session.ts';
import { prepareAccess } from './probe.ts';

const HEAD = `-- Who can do what: the cases of supaready.access.json for pgTAP. Written by supaready access --pgtap; run with supabase test db.
begin;
create extension if not exists pgtap with schema extensions;
set local search_path = public, extensions;
-- Rows of made-up users: A and B in one tenant, C in another. Triggers and foreign keys stay out of it.
set local session_replication_role = replica;`;

/**
 * Tries a statement as PostgREST would run it; what it did is undone. Only a constraint's refusal comes after privileges and
 * policies. `proof` counts the rows that bear the forged id: a trigger may have put another one there.
 */
const TRY = `create function pg_temp.access_of(who text, claims text, statement text, proof text default null) returns text language plpgsql as $try$
declare
  found bigint;
  before bigint := 0;
begin
  perform set_config('request.jwt.claims', claims, true), set_config('storage.allow_delete_query', 'true', true);
  if proof is not null then execute proof into before; end if;
  perform set_config('role', who, true);
  execute statement;
  get diagnostics found = row_count;
  perform set_config('role', 'none', true);
  if proof is not null then execute proof into found; end if;
  raise exception using errcode = 'SR000', message = case when found > before then 'allow' else 'deny' end;
exception
  when sqlstate 'SR000' then return sqlerrm;
  when integrity_constraint_violation then return 'allow';
  when others then return 'deny';
end
$try$;`;

/** The cases of a contract as a pgTAP file, with the rows they need; a team can own and run it without us. */
export function pgtapOf(context: ShadowContext, contract: AccessContract): Promise<string> {
  return inCopy(context, async (client) => {
    const probe = await prepareAccess(client, context);
    const tests = probe.questions().flatMap(({ persona, target, cell }) => {
      const { relation, bucket } = target;
      const name = contractName({ schema: relation.schema, table: relation.name, bucket });
      const expected = contract.tables[name]?.access[persona.name]?.[cell.command]?.[caseOf(cell)];
      if (expected === undefined || cell.sql === null) return [];
      const title = `${persona.name}: ${cell.command} ${caseOf(cell)} row of ${name} is ${expected === 'allow' ? 'allowed' : 'denied'}`;
      const args = [persona.role, JSON.stringify(persona.claims), cell.sql, ...(cell.proof ? [cell.proof] : [])]
        .map(quoteLiteral)
        .join(', ');
      return [`select is(pg_temp.access_of(${args}), '${expected}', ${quoteLiteral(title)});`];
    });
    const rows = await probe.rows();
    return [
      HEAD,
      ...rows,
      'set local session_replication_role = origin;',
      TRY,
      `select plan(${tests.length});`,
      ...tests,
      'select * from finish();',
      'rollback;',
      '',
    ].join('\n');
  });
}
