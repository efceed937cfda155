import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { listed, policySql, whoOf } from '../../lib/refs.ts';
import { objectPolicies, storageReach } from '../../lib/storage-policies.ts';
import { LINT_DOCS } from '../shared.ts';

export const publicBucketAllowsListing = defineCheck({
  id: 'public-bucket-allows-listing',
  rev: 2,
  title: 'Files of a public bucket are fetched by address, not listed',
  why: 'A public bucket serves a file to whoever knows its address; a broad SELECT policy also hands out the list of all addresses.',
  severity: 'medium',
  aliases: ['public_bucket_allows_listing'],
  source: 'splinter lint 0025; Supabase, Storage: public buckets need no SELECT policy',
  remedy: 'Drop the SELECT policy, or confine it to the caller’s own folder.',
  falseAlarms:
    'Policies that depend on path, owner or other data are silent; what counts is whether every object of the bucket passes.',
  needs: ['policies', 'roles', 'functions', 'storage'],
  uses: ['httpSurface'],
  evaluate({ facts }) {
    if (facts.storage === null) return notApplicable('the database has no Supabase Storage');
    const buckets = facts.storage.buckets.filter((bucket) => bucket.public);
    const findings: FindingDraft[] = [];
    for (const bucket of buckets) {
      const broad = objectPolicies(facts)
        .map((policy) => ({
          policy,
          reach: storageReach(facts, policy, 'select').filter(
            (entry) => entry.everything || entry.buckets.includes(bucket.id),
          ),
        }))
        .filter(({ reach }) => reach.length > 0);
      if (broad.length === 0) continue;
      const roles = [...new Set(broad.flatMap(({ reach }) => reach.map((entry) => entry.role)))];
      const asked = facts.httpSurface?.buckets.find(({ id, outcome }) => id === bucket.id && outcome === 'rows');
      const readOnly = broad.every(({ policy }) => policy.command === 'select');
      findings.push({
        object: objectRef('bucket', null, bucket.id),
        message: `${whoOf(roles)} can list every file of public bucket ${bucket.id}, not only fetch those whose address they know`,
        detail: `SELECT passes for every object of the bucket through ${listed(broad.map(({ policy }) => `policy “${policy.name}”`))}${asked ? '; asked with the publishable key, the API named a file' : ''}`,
        fix: {
          sql: readOnly ? broad.map(({ policy }) => `drop ${policySql(policy)};`).join('\n') : null,
          command: readOnly ? null : 'split the ALL policy by operation and leave SELECT out',
          url: `${LINT_DOCS}?lint=0025_public_bucket_allows_listing`,
        },
      });
    }
    return evaluated(buckets.length, 'public bucket', findings);
  },
});
