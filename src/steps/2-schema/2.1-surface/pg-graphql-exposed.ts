import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { counted, qualified } from '../../../core/text.ts';
import { API_ROLES, exposedSchemas, UNKNOWN_EXPOSURE, who } from '../../lib/exposure.ts';
import { apiReaders } from '../api-readers.ts';

export const pgGraphqlExposed = defineCheck({
  id: 'pg-graphql-exposed',
  rev: 2,
  title: 'GraphQL introspection shows nobody the schema by accident',
  why: 'Where pg_graphql is served, each role can list every table and column it may select, which hands an attacker the map of the data.',
  severity: 'medium',
  aliases: ['pg_graphql_anon_table_exposed', 'pg_graphql_authenticated_table_exposed'],
  source: 'Supabase lints 0026 and 0027; one finding per role instead of one per table',
  remedy:
    'Drop the extension when nothing uses GraphQL; else take graphql_public out of the exposed schemas, or revoke what a role need not see.',
  falseAlarms: 'Silent when graphql_public is not among the exposed schemas: then nobody can reach it.',
  needs: ['database', 'extensions', 'roles', 'schemas', 'relations', 'columns'],
  uses: ['repoConfig'],
  evaluate({ facts }) {
    const installed = facts.extensions.some((extension) => extension.name === 'pg_graphql');
    if (!installed) return notApplicable('the extension pg_graphql is not installed');
    const exposed = exposedSchemas(facts);
    if (exposed === null) return skipped(UNKNOWN_EXPOSURE);
    if (!exposed.includes('graphql_public'))
      return notApplicable('graphql_public is not exposed, so nobody reaches GraphQL');
    const relations = facts.relations.filter(
      (relation) => exposed.includes(relation.schema) && !relation.platform && relation.extension === null,
    );
    const findings = API_ROLES.flatMap((role) => {
      const visible = relations.filter((relation) => apiReaders(facts, relation).includes(role));
      const first = visible[0];
      if (!first) return [];
      return [
        {
          object: objectRef('role', null, role),
          message: `${who(role)} can list ${counted(visible.length, 'table')} and their columns by GraphQL introspection`,
          detail: `pg_graphql is installed, graphql_public is exposed, and ${role} may SELECT for example ${qualified(first.schema, first.name)}.`,
          fix: { sql: 'drop extension if exists pg_graphql' },
        },
      ];
    });
    return evaluated(relations.length, 'exposed relation', findings);
  },
});
