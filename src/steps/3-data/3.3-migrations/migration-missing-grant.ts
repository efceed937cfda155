import { lettersFor } from '../../../core/acl.ts';
import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import { pendingMigrations } from '../../lib/migration-files.ts';
import { keyOf, relationsByKey, tableRef } from '../../lib/tables.ts';

type Call = Facts['repoCode']['calls'][number];
type NewTable = Facts['migrationRisks']['tables'][number];
type Grant = Facts['migrationRisks']['grants'][number];

const VISITORS = ['anon', 'authenticated'];
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  select: ['select'],
  insert: ['insert'],
  update: ['select', 'update'],
  upsert: ['select', 'insert', 'update'],
  delete: ['select', 'delete'],
};

/** Roles a call may run as: the secret key's when it is made with that, else a visitor's; where nobody can tell, any of them. */
function rolesOf(call: Call): readonly string[] {
  if (call.secretKey === true) return ['service_role'];
  if (call.secretKey === false || call.side === 'client') return VISITORS;
  return [...VISITORS, 'service_role'];
}

export const migrationMissingGrant = defineCheck({
  id: 'migration-missing-grant',
  rev: 1,
  title: 'A new table that the code uses is granted to those who use it',
  why: 'Since 30 October 2026 Supabase grants nothing on new tables by itself: without a GRANT in the migration every call ends with 42501.',
  severity: 'blocker',
  source:
    'CATALOGUE 3.3 migration-missing-grant; Supabase changelog 45329 (default grants end on 30 May 2026 for new, 30 October 2026 for all projects)',
  remedy: 'Write the GRANT into the migration that makes the table, beside its policies.',
  falseAlarms:
    'Only tables of pending migrations that the code names, for whose callers neither a GRANT in a pending file nor the live default privileges give anything. Replayed from the migrations, the privileges after the replay decide.',
  needs: ['repoMigrations', 'migrationRisks', 'repoCode'],
  uses: ['migrationHistory', 'defaultAcls', 'relations'],
  evaluate({ facts }) {
    const pending = pendingMigrations(facts);
    if (pending.files.length === 0) return notApplicable('no migration is pending: no table is new');
    const paths = new Set(pending.files.map(({ path }) => path));
    const live = facts.relations ? relationsByKey(facts.relations) : null;
    const calls = callsByTable(facts.repoCode.calls);
    const made = new Map<string, NewTable>();
    for (const table of facts.migrationRisks.tables) {
      if (!paths.has(table.path)) continue;
      const key = keyOf(table.schema, table.name);
      const before = table.renamedFrom === null ? undefined : made.get(keyOf(table.schema, table.renamedFrom));
      if (table.renamedFrom !== null && !before) continue;
      if (before) made.delete(keyOf(table.schema, before.name));
      if (!made.has(key))
        made.set(key, { ...table, path: before?.path ?? table.path, line: before?.line ?? table.line });
    }
    const findings: FindingDraft[] = [];
    let looked = 0;
    for (const [key, table] of made) {
      const relation = live?.get(key);
      // With a history a table that is there is not new; without one the replayed table itself tells its privileges.
      if (pending.known ? relation !== undefined : !relation) continue;
      const used = calls.get(key) ?? [];
      if (used.length === 0) continue;
      looked++;
      const refused = used.filter((call) => {
        const roles = rolesOf(call);
        if (relation) return lettersFor(relation.acl, new Set([...roles, 'public'])).size === 0;
        return !isGranted(table, roles, facts.migrationRisks.grants, paths, facts.defaultAcls ?? []);
      });
      const [first] = refused;
      if (first) findings.push(missing(table, refused, first, relation !== undefined));
    }
    return evaluated(looked, 'new table used by the code', findings, 'new tables used by the code');
  },
});

function callsByTable(calls: readonly Call[]): Map<string, Call[]> {
  const found = new Map<string, Call[]>();
  for (const call of calls) {
    if (call.kind !== 'from' || call.target.dynamic || call.target.value === null) continue;
    const key = keyOf(call.schema ?? 'public', call.target.value);
    const known = found.get(key);
    if (known) known.push(call);
    else found.set(key, [call]);
  }
  return found;
}

/** By a grant of a pending file that reaches the table, or by the default privileges that the database has for role postgres. */
function isGranted(
  table: NewTable,
  roles: readonly string[],
  grants: readonly Grant[],
  pending: ReadonlySet<string>,
  defaults: Facts['defaultAcls'],
): boolean {
  const wanted = new Set([...roles, 'public']);
  const reaches = (grant: Grant): boolean => {
    if (!pending.has(grant.path) || grant.revoke || !grant.roles.some((role) => wanted.has(role))) return false;
    if (grant.schema !== null && grant.schema !== table.schema) return false;
    return grant.table === null || grant.table === table.name;
  };
  if (grants.some(reaches)) return true;
  return defaults.some(
    ({ owner, schema, objects, acl }) =>
      owner === 'postgres' &&
      objects === 'tables' &&
      (schema === null || schema === table.schema) &&
      lettersFor(acl, wanted).size > 0,
  );
}

function missing(table: NewTable, refused: readonly Call[], first: Call, there: boolean): FindingDraft {
  const name = qualified(table.schema, table.name);
  const operations = [...new Set(refused.flatMap(({ operation }) => NEEDED[operation] ?? ['select']))].sort();
  const grantee = rolesOf(first).includes('authenticated') ? 'authenticated' : 'service_role';
  const grant = `grant ${operations.join(', ')} on ${name} to ${grantee}`;
  return {
    object: tableRef(table),
    message: `${table.path.split('/').at(-1)}:${table.line} makes ${name} and grants nothing on it, and the default privileges give nothing: every call of the code is refused with 42501`,
    detail: `Called at ${refused
      .slice(0, 3)
      .map(({ path, line }) => `${path}:${line}`)
      .join(', ')}${refused.length > 3 ? ` and ${refused.length - 3} more` : ''}.`,
    fix: there ? { sql: grant } : { command: `Add to the migration:\n${grant};` },
    location: { file: table.path, line: table.line, column: 1 },
  };
}
