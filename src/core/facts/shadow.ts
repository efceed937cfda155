import { z } from 'zod';
import { facet } from './facet.ts';
import { schemaFacets } from './schema.ts';
import { serverFacets } from './server.ts';

/* What a shadow database tells: the repository's migrations, replayed into a throw-away database of ours. */

/** How the repository's migrations replayed; null when nothing was to be replayed. */
const replay = z
  .object({
    tool: z.string().nullable(),
    directory: z.string().nullable(),
    applied: z.int(),
    failures: z.array(
      z.object({
        path: z.string(),
        line: z.int(),
        sqlstate: z.string(),
        message: z.string(),
        hint: z.string(),
        /** Perhaps only a consequence of an earlier failure. */ consequent: z.boolean(),
      }),
    ),
    /** Extensions the machine lacks, stood in for by signatures only. */
    shims: z.array(z.string()),
    /** Default grants of new tables in public: as the platform had them when the migrations were written. */
    regime: z.enum(['legacy', 'closed', 'mixed']),
  })
  .nullable();

/** The schema the migrations make, beside a live database: what drift is measured against. */
const shadowCatalogue = z.object({
  /** server_version_num of the shadow; its major version may differ from the live server's. */
  serverVersionNum: z.int(),
  relations: schemaFacets.relations.schema,
  columns: schemaFacets.columns.schema,
  constraints: schemaFacets.constraints.schema,
  indexes: schemaFacets.indexes.schema,
  policies: schemaFacets.policies.schema,
  functions: schemaFacets.functions.schema,
  triggers: schemaFacets.triggers.schema,
  views: schemaFacets.views.schema,
  types: schemaFacets.types.schema,
  sequences: schemaFacets.sequences.schema,
  schemas: schemaFacets.schemas.schema,
  extensions: schemaFacets.extensions.schema,
  publications: schemaFacets.publications.schema,
  defaultAcls: schemaFacets.defaultAcls.schema,
  eventTriggers: schemaFacets.eventTriggers.schema,
  rules: schemaFacets.rules.schema,
  statisticsObjects: schemaFacets.statisticsObjects.schema,
  foreignServers: schemaFacets.foreignServers.schema,
  comments: schemaFacets.comments.schema,
  otherObjects: schemaFacets.otherObjects.schema,
  roles: serverFacets.roles.schema,
  roleSettings: serverFacets.roleSettings.schema,
  cronJobs: serverFacets.cronJobs.schema,
  storage: serverFacets.storage.schema,
});

type CatalogueInShadow = Exclude<keyof typeof shadowCatalogue.shape, 'serverVersionNum'>;

/** The catalogue facets that the shadow's catalogue holds. */
export const CATALOGUE_IN_SHADOW = Object.keys(shadowCatalogue.shape).filter(
  (name): name is CatalogueInShadow => name !== 'serverVersionNum',
);

export const shadowFacets = {
  replay: facet(replay),
  shadowCatalogue: facet(shadowCatalogue),
} as const;
