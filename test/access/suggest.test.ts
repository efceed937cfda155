import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deviationsFrom, ownershipIn, proposeContract } from '../../src/core/access-contract.ts';
import type { Facts } from '../../src/core/facts.ts';
import { loadSqlParser } from '../../src/core/sql.ts';
import { qualified, quoteIdent } from '../../src/core/text.ts';
import { collectCatalogue } from '../../src/facts/postgres/collect.ts';
import { probeAccess } from '../../src/facts/shadow/access/probe.ts';
import { suggestPolicies } from '../../src/facts/shadow/access/suggest.ts';
import { type PostgresServer, startServer } from '../../src/facts/shadow/server.ts';
import { rowConditions } from '../../src/steps/lib/access.ts';
import { contextOn } from '../helpers/shadow-context.ts';

/*
 * A schema's own matrix is taken as the approved contract; one table's policies are then opened to everybody. What is
 * suggested is applied in a database of its own, and tried there anew.
 */

const folder = fileURLToPath(new URL('schemas/', import.meta.url));
/** A sample; ACCESS_SUGGEST=all tries every schema, in seven minutes. Roles belong to the server. */
const SAMPLE = ['anonymous-users.sql', 'claims-tenant.sql', 'own-rows.sql', 'public-read-own-write.sql'];
const files = readdirSync(folder).filter((file) =>
  process.env.ACCESS_SUGGEST === 'all' ? file.endsWith('.sql') && file !== 'custom-role.sql' : SAMPLE.includes(file),
);

/** What the sample must come to, by table: a line of the SQL, or why there is none. */
const EXPECTED: Readonly<Record<string, string>> = {
  'public.carts': 'for delete to authenticated using ((select auth.uid()) = user_id);',
  'public.orders':
    "for insert to authenticated with check (((select auth.uid()) = user_id) and (coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false) is false));",
  'public.reports': 'no policy made of whose the rows are gives authenticated just what the contract says of select',
  'public.products': 'for select to anon using (true);',
  'public.comments': 'for update to authenticated using ((select auth.uid()) = author_id) with check (true);',
};

let server: PostgresServer;
beforeAll(async () => {
  await loadSqlParser();
  server = await startServer({
    directory: mkdtempSync(join(tmpdir(), 'supaready-suggest-')),
    ephemeral: true,
    baseline: true,
  });
});
afterAll(() => server?.stop());

async function factsOf(name: string): Promise<Pick<Facts, 'columns' | 'constraints' | 'policies'>> {
  const facts = await collectCatalogue({
    url: server.url(name),
    names: ['database', 'columns', 'constraints', 'policies'],
    embedded: true,
  });
  return Object.fromEntries(
    Object.entries(facts).map(([key, fact]) => [key, fact.status === 'ok' ? fact.value : null]),
  ) as unknown as Pick<Facts, 'columns' | 'constraints' | 'policies'>;
}

describe('the tightest policies that pass the contract', () => {
  test.each(files)('%s', { timeout: 300_000 }, async (file) => {
    const script = readFileSync(join(folder, file), 'utf8');
    const name = `s_${file.replace('.sql', '').replaceAll('-', '_')}`;
    const approved = await probeAccess(await contextOn(server, name, script));
    const contract = proposeContract(approved);
    const { columns, constraints, policies } = await factsOf(name);
    for (const relation of approved.relations) {
      const own = policies.filter(({ schema, table }) => schema === relation.schema && table === relation.table);
      if (relation.bucket !== null || relation.kind !== 'table' || own.length === 0) continue;
      const table = qualified(relation.schema, relation.table);
      const opened = `${script}\n-- as postgres\ncreate policy "open" on ${table} for all to anon, authenticated using (true) with check (true);`;
      const loose = await contextOn(server, `${name}_${relation.table}_l`, opened);
      const context = { ...loose, access: ownershipIn(contract) };
      const { schema } = relation;
      const conditions = rowConditions({ accessMatrix: approved, columns, constraints }, relation);
      const { sql, reason } = await suggestPolicies(context, { schema, table: relation.table, contract, conditions });
      if (files.length === SAMPLE.length) expect(reason ?? sql).toContain(EXPECTED[table] ?? '');
      if (sql === null) continue;
      expect(sql).toContain(`drop policy ${quoteIdent('open')} on ${table}`);
      const mended = await contextOn(server, `${name}_${relation.table}_m`, `${opened}\n${sql}`);
      const after = await probeAccess({ ...mended, access: ownershipIn(contract) });
      expect(deviationsFrom(contract, after)).toEqual([]);
    }
  });
});
