import type { Check, Checkpoint } from '../../core/check.ts';
import { anonSurfaceDiff } from './2.1-surface/anon-surface-diff.ts';
import { authUsersExposed } from './2.1-surface/auth-users-exposed.ts';
import { exposedSchemas } from './2.1-surface/exposed-schemas.ts';
import { extensionInPublic } from './2.1-surface/extension-in-public.ts';
import { extensionVersionsOutdated } from './2.1-surface/extension-versions-outdated.ts';
import { pgGraphqlExposed } from './2.1-surface/pg-graphql-exposed.ts';
import { pg17RemovedExtension } from './2.1-surface/pg17-removed-extension.ts';
import { foreignTableInApi, materializedViewInApi } from './2.1-surface/relations-in-api.ts';
import { schemaInventory } from './2.1-surface/schema-inventory.ts';
import { unmanagedObject } from './2.1-surface/unmanaged-object.ts';

/** 2.1: what is in the database, who made it, and what of it the API can see. */
export const checkpoint: Checkpoint<Check> = {
  id: '2.1',
  title: 'Every schema, relation and extension is known, and only what is meant for the API is exposed',
  intent:
    'Before tables are judged one by one, everything that exists has to be known: made by a migration, owned by the right role, in the right schema. What the Data API exposes is the project’s surface on the internet.',
  source: 'CATALOGUE 2.1; Supabase lints 0002, 0014, 0016, 0017, 0022, 0026, 0027',
  checks: [
    schemaInventory,
    exposedSchemas,
    anonSurfaceDiff,
    unmanagedObject,
    authUsersExposed,
    materializedViewInApi,
    foreignTableInApi,
    pgGraphqlExposed,
    extensionInPublic,
    extensionVersionsOutdated,
    pg17RemovedExtension,
  ],
  attestations: [
    {
      id: 'schemas-meant-public',
      question: 'Is each schema that the Data API exposes meant to be public?',
      hint: 'Name the exposed schemas and say for each which client needs it.',
      kind: 'text',
      required: true,
      evidence: 'optional',
      binds: ['schemas'],
    },
  ],
};
