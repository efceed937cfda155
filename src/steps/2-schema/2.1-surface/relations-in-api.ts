import { type Check, defineCheck, evaluated, skipped } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified } from '../../../core/text.ts';
import { exposedSchemas, UNKNOWN_EXPOSURE, who } from '../../lib/exposure.ts';
import { apiReaders } from '../api-readers.ts';

interface Rule {
  id: string;
  kind: 'materialized view' | 'foreign table';
  alias: string;
  lint: string;
  title: string;
  why: string;
  consequence: string;
}

/** Relations that row level security cannot protect: readable through the API, they show all their rows. */
function unprotectable(rule: Rule): Check {
  return defineCheck({
    id: rule.id,
    rev: 1,
    title: rule.title,
    why: rule.why,
    severity: 'high',
    aliases: [rule.alias],
    source: `Supabase lint ${rule.lint} ${rule.alias}`,
    remedy:
      'Move it to a schema that is not exposed, or revoke SELECT from the API roles and serve it through a function or view that filters.',
    falseAlarms:
      'Relations declared public (declared.publicTables) are left alone, as are schemas the Data API does not expose.',
    matrix: 'RLS',
    aspect: 'grants',
    needs: ['database', 'roles', 'schemas', 'relations', 'columns', 'declared'],
    uses: ['repoConfig'],
    evaluate({ facts }) {
      const exposed = exposedSchemas(facts);
      const relations = facts.relations.filter(
        (relation) => relation.kind === rule.kind && !relation.platform && relation.extension === null,
      );
      if (exposed === null && relations.length > 0) return skipped(UNKNOWN_EXPOSURE);
      const findings = relations.flatMap((relation) => {
        const roles = apiReaders(facts, relation);
        const role = exposed?.includes(relation.schema) ? roles[0] : undefined;
        if (!role || facts.declared.publicTables.includes(`${relation.schema}.${relation.name}`)) return [];
        const object = objectRef(rule.kind, relation.schema, relation.name);
        const name = qualified(relation.schema, relation.name);
        return [
          {
            object,
            message: `${who(role)} can read every row of the ${rule.kind} ${name}: ${rule.consequence}`,
            detail: `${roles.join(' and ')} may SELECT, and the Data API exposes the schema ${relation.schema}.`,
            fix: { sql: `revoke all on ${name} from public, anon, authenticated` },
          },
        ];
      });
      return evaluated(relations.length, rule.kind, findings);
    },
  });
}

export const materializedViewInApi = unprotectable({
  id: 'materialized-view-in-api',
  kind: 'materialized view',
  alias: 'materialized_view_in_api',
  lint: '0016',
  title: 'No materialized view can be read through the API',
  why: 'Row level security does not exist for materialized views: whoever may select sees every row, whatever the policies of the tables below say.',
  consequence: 'row level security does not apply to it',
});

export const foreignTableInApi = unprotectable({
  id: 'foreign-table-in-api',
  kind: 'foreign table',
  alias: 'foreign_table_in_api',
  lint: '0017',
  title: 'No foreign table can be read through the API',
  why: 'Row level security does not exist for foreign tables: whoever may select reads the other system with the rights of the stored user mapping.',
  consequence: 'row level security does not apply to it, and the other system sees one shared user',
});
