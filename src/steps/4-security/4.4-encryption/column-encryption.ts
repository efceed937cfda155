import { defineCheck, evaluated } from '../../../core/check.ts';
import type { Column, Facts } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified, quoteIdent } from '../../../core/text.ts';
import { holdsCredential, saysHashed } from '../../lib/sensitive-names.ts';
import { userTables, words } from '../../lib/tables.ts';

/** What the sampled values of a column say: hashes all of them, digests by their form, or neither. Null: nothing was sampled, or found. */
function sampledAs(
  samples: Facts['columnSamples'] | undefined,
  { schema, relation, name }: Column,
): 'hashes' | 'digests' | null {
  const found = samples?.tables
    .find((table) => table.schema === schema && table.table === relation)
    ?.found.find(({ column }) => column === name);
  const hits = (detector: string) => found?.hits.find((hit) => hit.detector === detector)?.values ?? 0;
  if (!found || found.values === 0) return null;
  if (hits('password-hash') === found.values) return 'hashes';
  return hits('digest') + hits('password-hash') === found.values ? 'digests' : null;
}

export const columnEncryption = defineCheck({
  id: 'column-encryption',
  rev: 2,
  title: 'Credentials in tables are hashed or kept in Vault',
  why: 'Disk encryption helps against a stolen disk only: a dump, a read replica or one leaky policy shows a column in the clear.',
  severity: 'high',
  source: 'Supabase, Vault; pgsodium transparent column encryption is deprecated (pending removal)',
  remedy:
    'Store a hash (extensions.digest or crypt) where the value is only compared, and a Vault secret’s id where it must be read back.',
  falseAlarms:
    'Columns of which every sampled value is a password hash (bcrypt, argon2 …), and columns whose name or comment says hash, digest or encrypted, bytea columns and uuid references to Vault are silent; so is everything in schemas of the platform. A column that only says “token” is medium: it may be an invitation code. Where every sampled value has the form of a digest it is low.',
  needs: ['columns', 'relations', 'securityLabels'],
  uses: ['columnSamples'],
  evaluate({ facts }) {
    const tables = new Set(userTables(facts.relations).map((table) => `${table.schema}\u0000${table.name}`));
    const columns = facts.columns.filter((column) => tables.has(`${column.schema}\u0000${column.relation}`));
    const findings: FindingDraft[] = [];
    for (const column of columns) {
      if (column.type === 'uuid' || !holdsCredential(column) || saysHashed(column)) continue;
      const object = objectRef('column', column.schema, column.relation, { column: column.name });
      const target = `${qualified(column.schema, column.relation)}.${quoteIdent(column.name)}`;
      const sampled = sampledAs(facts.columnSamples, column);
      if (sampled === 'hashes') continue;
      const vague = words(column.name).at(-1) === 'token' && words(column.name).length === 1;
      findings.push({
        object,
        severity: sampled === 'digests' ? 'low' : vague ? 'medium' : 'high',
        message:
          sampled === 'digests'
            ? `${target} holds what may be hashes and may be random credentials in the clear: nothing but a comment tells them apart`
            : `${target} keeps a credential in the clear: whoever sees the table, a dump or a backup can use it`,
        detail: `type ${column.type}; neither name nor comment says that it is hashed or encrypted${sampled === 'digests' ? '; every sampled value has the form of a digest' : ''}`,
        fix: {
          command: `hash it (a comment “sha256 …” on the column says so), or keep it in Vault and store its id here`,
          url: 'https://supabase.com/docs/guides/database/vault',
        },
      });
    }
    for (const label of facts.securityLabels) {
      if (label.provider !== 'pgsodium') continue;
      findings.push({
        object: objectRef('security label', null, label.object),
        severity: 'high',
        message: `${label.object} is encrypted with pgsodium’s transparent column encryption, which Supabase is removing: after that it cannot be read`,
        detail: 'pg_seclabels, provider pgsodium',
        fix: {
          command: 'move the values to Vault, then drop the label',
          url: 'https://supabase.com/docs/guides/database/extensions/pgsodium',
        },
      });
    }
    return evaluated(columns.length, 'column', findings);
  },
});
