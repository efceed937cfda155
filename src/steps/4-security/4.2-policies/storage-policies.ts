import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { Facts, Policy } from '../../../core/facts.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import type { Severity } from '../../../core/severity.ts';
import { nameParts, parseExpression, walk } from '../../../core/sql.ts';
import { quoteLiteral } from '../../../core/text.ts';
import { alterPolicy } from '../../lib/policy-fix.ts';
import { OPERATIONS, type Operation } from '../../lib/policy-tree.ts';
import { listed, policyRef, policySql, whoOf } from '../../lib/refs.ts';
import { objectPolicies, type StorageReach, storageReach } from '../../lib/storage-policies.ts';

const STORAGE_DOCS = 'https://supabase.com/docs/guides/storage/security/access-control';
const VERBS: Readonly<Record<Operation, string>> = {
  select: 'read',
  insert: 'upload',
  update: 'overwrite',
  delete: 'delete',
};
/** Types that run in the visitor's browser or on their machine when served from a public bucket. */
const ACTIVE_TYPES = [
  'text/html',
  'image/svg+xml',
  'application/javascript',
  'text/javascript',
  'application/xhtml+xml',
  'application/x-msdownload',
  '*/*',
];

function where(reach: readonly StorageReach[]): string {
  if (reach.some(({ everything }) => everything)) return 'every bucket';
  const buckets = [...new Set(reach.flatMap((entry) => entry.buckets))];
  return buckets.length === 0 ? 'storage' : `bucket${buckets.length === 1 ? '' : 's'} ${listed(buckets)}`;
}

/**
 * True when an expression asks who the caller is or looks something up: a function outside storage and pg_catalog, or a
 * sub-select. What such a policy gives to whom is not decided by the path alone, and taken as meant.
 */
function asksCaller(policy: Policy): boolean {
  let asks = false;
  for (const text of [policy.using, policy.check]) {
    walk(text === null ? null : parseExpression(text), (type, node) => {
      const [schema] = nameParts(node.funcname);
      const foreign =
        type === 'FuncCall' && nameParts(node.funcname).length > 1 && schema !== 'storage' && schema !== 'pg_catalog';
      if (foreign || type === 'SubLink') asks = true;
      return !asks;
    });
  }
  return asks;
}

/** Severity of what a policy gives, or null when it is as it should be. */
function severityOf(reach: StorageReach, isPrivate: (bucket: string) => boolean, policy: Policy): Severity | null {
  const whole = reach.everything || reach.buckets.length > 0;
  if (reach.operation === 'select') {
    if (reach.everything) return 'high';
    const hidden = reach.buckets.some(isPrivate);
    return hidden ? (reach.role === 'anon' ? 'high' : 'medium') : null;
  }
  if (reach.role === 'anon' && (whole || !asksCaller(policy))) return 'high';
  if (!whole) return null;
  return reach.operation === 'insert' && !reach.everything ? 'medium' : 'high';
}

const RANK: readonly Severity[] = ['high', 'medium'];

function judge(
  facts: Pick<Facts, 'policies' | 'roles' | 'functions' | 'storage'>,
  policy: Policy,
  isPrivate: (bucket: string) => boolean,
) {
  const hits = OPERATIONS.flatMap((operation) => storageReach(facts, policy, operation)).flatMap((reach) => {
    const severity = severityOf(reach, isPrivate, policy);
    return severity === null ? [] : [{ reach, severity }];
  });
  const severity = RANK.find((rank) => hits.some((hit) => hit.severity === rank));
  return severity ? { severity, reach: hits.map((hit) => hit.reach) } : null;
}

/** Confines the policy to the caller's own folder (the first part of the path is their id), in the buckets it speaks of. */
function ownFolder(policy: Policy, reach: readonly StorageReach[]): string {
  const buckets = [...new Set(reach.flatMap((entry) => entry.buckets))].sort();
  if (buckets.length === 0) return `drop ${policySql(policy)};`;
  const bucket = `bucket_id in (${buckets.map(quoteLiteral).join(', ')})`;
  const own = `${bucket} and (storage.foldername(name))[1] = (select auth.uid())::text`;
  return alterPolicy(policy, { to: 'authenticated', using: own, check: own });
}

function policyFindings(facts: Pick<Facts, 'policies' | 'roles' | 'functions' | 'storage'>): FindingDraft[] {
  const known = new Map(facts.storage?.buckets.map((bucket) => [bucket.id, bucket]) ?? []);
  const isPrivate = (bucket: string) => known.get(bucket)?.public === false;
  return objectPolicies(facts).flatMap((policy) => {
    const judged = judge(facts, policy, isPrivate);
    if (!judged) return [];
    const { reach, severity } = judged;
    const roles = [...new Set(reach.map((entry) => entry.role))];
    const verbs = listed(
      OPERATIONS.filter((operation) => reach.some((entry) => entry.operation === operation)).map(
        (operation) => VERBS[operation],
      ),
    );
    const object = policyRef(policy);
    return [
      {
        object,
        severity,
        message: `policy “${policy.name}” on storage.objects lets ${whoOf(roles)} ${verbs} files in ${where(reach)}, whoever’s they are`,
        detail: `USING (${policy.using ?? '–'}), WITH CHECK (${policy.check ?? '–'}): neither the owner nor the caller’s folder decides`,
        fix: { sql: ownFolder(policy, reach), url: STORAGE_DOCS },
      },
    ];
  });
}

function bucketFindings(storage: NonNullable<Facts['storage']>): FindingDraft[] {
  return storage.buckets.flatMap((bucket) => {
    if (!bucket.public) return [];
    const active = bucket.allowedMimeTypes?.filter((type) => ACTIVE_TYPES.includes(type)) ?? [];
    const lacks = [
      ...(bucket.fileSizeLimit === null ? ['no file size limit'] : []),
      ...(bucket.allowedMimeTypes === null || bucket.allowedMimeTypes.length === 0 ? ['no list of allowed types'] : []),
    ];
    if (lacks.length === 0 && active.length === 0) return [];
    const what = lacks.length > 0 ? `has ${listed(lacks)}` : `takes ${listed(active)}`;
    return [
      {
        object: objectRef('bucket', null, bucket.id),
        severity: 'medium' as const,
        message: `public bucket ${bucket.id} ${what}: whoever may upload can serve pages, scripts or huge files from your project’s address`,
        detail: `storage.buckets: file_size_limit ${bucket.fileSizeLimit ?? 'null'}, allowed_mime_types ${bucket.allowedMimeTypes?.join(', ') ?? 'null'}`,
        fix: {
          sql: `update storage.buckets set file_size_limit = coalesce(file_size_limit, 10485760), allowed_mime_types = array['image/png', 'image/jpeg', 'image/webp', 'application/pdf'] where id = ${quoteLiteral(bucket.id)};`,
          url: 'https://supabase.com/docs/guides/storage/buckets/creating-buckets#restricting-uploads',
        },
      },
    ];
  });
}

export const storagePolicies = defineCheck({
  id: 'storage-policies',
  rev: 1,
  title: 'Files can be written by their owner only, and public buckets take limited files',
  why: 'A policy on storage.objects without bucket, owner or folder lets strangers fill your storage, overwrite others’ files or read private ones.',
  severity: 'high',
  source: 'Supabase, Storage access control; splinter#35 (storage policies are not linted)',
  remedy:
    'Test bucket_id and either owner_id or storage.foldername(name) against the caller; give each public bucket a size limit and a list of types.',
  falseAlarms:
    'Reading a public bucket is judged by public-bucket-allows-listing. Policies for service_role are silent. A policy that depends on path, owner or a membership table is taken as meant.',
  needs: ['policies', 'roles', 'functions', 'storage'],
  evaluate({ facts }) {
    if (facts.storage === null) return notApplicable('the database has no Supabase Storage');
    const policies = objectPolicies(facts).length;
    const findings = [...policyFindings(facts), ...bucketFindings(facts.storage)];
    return evaluated(
      policies + facts.storage.buckets.length,
      'storage policy or bucket',
      findings,
      'storage policies and buckets',
    );
  },
});
