import { type Check, type Checkpoint, defineReview } from '../../core/check.ts';
import { policyAnyAuthenticated } from './4.2-policies/policy-any-authenticated.ts';
import { policyCheckTrue } from './4.2-policies/policy-check-true.ts';
import { policyColumnEscalation } from './4.2-policies/policy-column-escalation.ts';
import { policyDeprecated } from './4.2-policies/policy-deprecated.ts';
import { policyEmpty } from './4.2-policies/policy-empty.ts';
import { policyNoEffect } from './4.2-policies/policy-no-effect.ts';
import { policyRecursion } from './4.2-policies/policy-recursion.ts';
import { policyUnindexedColumn } from './4.2-policies/policy-unindexed-column.ts';
import { publicBucketAllowsListing } from './4.2-policies/public-bucket-allows-listing.ts';
import { realtimeMessages } from './4.2-policies/realtime-messages.ts';
import { rlsForgeOwner } from './4.2-policies/rls-forge-owner.ts';
import { rlsHttp } from './4.2-policies/rls-http.ts';
import { rlsMatrix } from './4.2-policies/rls-matrix.ts';
import { rlsPolicyAlwaysTrue } from './4.2-policies/rls-policy-always-true.ts';
import { rlsPositive } from './4.2-policies/rls-positive.ts';
import { rlsReferencesUserMetadata } from './4.2-policies/rls-references-user-metadata.ts';
import { securityDefinerView } from './4.2-policies/security-definer-view.ts';
import { storagePolicies } from './4.2-policies/storage-policies.ts';
import { triedItems } from './access-lines.ts';

export const checkpoint: Checkpoint<Check> = {
  id: '4.2',
  title: 'Policies let each user reach their own rows, and no others',
  intent:
    'Row level security is only as good as its policies. They are read as trees, through helper functions and views of views, and judged by what they let a visitor and a signed-in user do.',
  source: 'CATALOGUE 4.2; Supabase, Row Level Security; PostgreSQL, CREATE POLICY',
  checks: [
    rlsMatrix,
    rlsForgeOwner,
    rlsPositive,
    rlsHttp,
    rlsPolicyAlwaysTrue,
    policyCheckTrue,
    policyAnyAuthenticated,
    rlsReferencesUserMetadata,
    policyColumnEscalation,
    policyRecursion,
    policyEmpty,
    policyNoEffect,
    policyDeprecated,
    policyUnindexedColumn,
    securityDefinerView,
    realtimeMessages,
    storagePolicies,
    publicBucketAllowsListing,
  ],
  attestations: [
    {
      id: 'expected-access',
      question:
        'Does the access that policies give match what you expect: who may read, insert, change and delete in each table?',
      hint: 'Go through the tables with somebody who knows the product: visitor, signed-in user, member of the same team, member of another. What was observed, table by table: supaready access --propose. Say what you compared it with.',
      kind: 'text',
      required: true,
      evidence: 'optional',
      binds: ['policies', 'relations', 'functions', 'views', 'accessMatrix'],
      review: defineReview({
        ask: 'as you expect it?',
        needs: ['accessMatrix'],
        writes: 'access-contract',
        items: ({ accessMatrix }) => triedItems(accessMatrix),
      }),
    },
  ],
};
