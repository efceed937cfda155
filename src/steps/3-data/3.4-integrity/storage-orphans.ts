import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted, qualified, quoteIdent, quoteLiteral } from '../../../core/text.ts';
import { columnRef } from '../../lib/tables.ts';

export const storageOrphans = defineCheck({
  id: 'storage-orphans',
  rev: 2,
  title: 'Every stored file belongs to a user who exists, and every file a row names is there',
  why: 'Files of deleted users are personal data that was to be erased; files without an owner escape every policy that asks for one; a row whose file is gone is a broken page.',
  severity: 'medium',
  source: 'CATALOGUE 3.4 storage-orphans; Supabase docs, “Storage ownership”',
  remedy:
    'Delete the files through the Storage API (a row deleted in SQL leaves the file behind), and do so when a user is deleted.',
  falseAlarms:
    'A bucket whose files all have no owner is filled by the server, on purpose; public buckets need no owners. A column counts as naming files when at least half of what it holds is found in a bucket; addresses elsewhere are left out.',
  needs: ['storage', 'storageReferences'],
  evaluate({ facts }) {
    if (facts.storage === null) return notApplicable('there is no schema storage');
    const buckets = facts.storage.buckets.filter(({ objects }) => objects > 0);
    const findings = buckets.flatMap((bucket): FindingDraft[] => {
      const found: FindingDraft[] = [];
      const object = objectRef('bucket', null, bucket.id);
      const list = (condition: string) =>
        `select name, created_at from storage.objects as o where bucket_id = ${quoteLiteral(bucket.id)} and ${condition}`;
      if (bucket.orphanedOwners > 0) {
        found.push({
          object,
          message: `${counted(bucket.orphanedOwners, 'file')} in the bucket ${bucket.id} ${bucket.orphanedOwners === 1 ? 'belongs' : 'belong'} to users who no longer exist: data that was to be erased`,
          detail: `Of ${counted(bucket.objects, 'file')}; their owner_id is in no auth.users.id.`,
          fix: {
            command: `${list('owner_id is not null and not exists (select from auth.users as u where u.id::text = o.owner_id)')}; then storage.from(…).remove(…)`,
          },
          discriminator: 'owner',
        });
      }
      const mixed = bucket.ownerless > 0 && bucket.ownerless < bucket.objects && !bucket.public;
      if (mixed) {
        found.push({
          object,
          severity: 'low',
          message: `${counted(bucket.ownerless, 'file')} in the private bucket ${bucket.id} ${bucket.ownerless === 1 ? 'has' : 'have'} no owner, though others do: policies by owner do not cover them`,
          detail: `${bucket.ownerless} of ${counted(bucket.objects, 'file')} were uploaded with a secret key or by SQL.`,
          fix: { command: list('owner_id is null') },
          discriminator: 'ownerless',
        });
      }
      return found;
    });
    for (const row of facts.storageReferences) {
      if (row.error !== null || row.missing === 0) continue;
      const target = qualified(row.schema, row.table);
      const column = quoteIdent(row.column);
      const object = columnRef(row.schema, row.table, row.column);
      findings.push({
        object,
        severity: 'high',
        message: `${counted(row.missing, 'row')} of ${target} ${row.missing === 1 ? 'names a file that is' : 'name files that are'} not in storage: a broken link for the user`,
        detail: `Of ${counted(row.rows, 'row')} whose ${column} names a file; the others are in ${row.buckets.map((bucket) => `the bucket ${bucket}`).join(', ')}.`,
        fix: {
          command: `select t.${column} from ${target} as t where t.${column} <> '' and not exists (select from storage.objects as o where t.${column} like '%' || o.name); then restore the files or empty the column`,
        },
        discriminator: 'missing',
      });
    }
    const unread = facts.storageReferences.find(({ error }) => error !== null);
    if (findings.length === 0 && unread)
      return skipped(
        `files named by ${qualified(unread.schema, unread.table)}.${quoteIdent(unread.column)} could not be looked up: ${unread.error}`,
      );
    return evaluated(buckets.length, 'bucket with files', findings, 'buckets with files');
  },
});
