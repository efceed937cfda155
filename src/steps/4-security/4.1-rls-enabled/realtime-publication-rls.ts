import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import { API_ROLES, EXPOSURE, holds, relationNamed } from '../../lib/exposure.ts';
import { isDeclared, isUsers, relationRef, whoOf } from '../../lib/refs.ts';
import { SHARPENED } from '../shared.ts';

export const realtimePublicationRls = defineCheck({
  id: 'realtime-publication-rls',
  rev: 1,
  title: 'Every table broadcast by Realtime has row level security on',
  why: 'Realtime sends each change to every subscriber who may select from the table; without row level security that is everybody, for every row.',
  severity: 'blocker',
  source: 'Supabase, Realtime Postgres Changes: authorization follows row level security; pg_publication_tables',
  remedy: 'Enable row level security on the table, or take it out of the publication supabase_realtime.',
  falseAlarms:
    'Tables declared in publicTables are meant to be seen by everybody. Without a SELECT privilege of an API role nothing is sent: then it is low.',
  matrix: 'RLS',
  aspect: 'rls',
  needs: [...EXPOSURE, 'publications'],
  uses: SHARPENED,
  evaluate({ facts }) {
    const published = facts.publications.find((publication) => publication.name === 'supabase_realtime')?.tables ?? [];
    const findings: FindingDraft[] = [];
    for (const [schema, name] of published) {
      const relation = relationNamed(facts, schema, name);
      if (!relation || relation.rls || !isUsers(relation) || isDeclared(facts.declared?.publicTables, relation))
        continue;
      const readers = API_ROLES.filter((role) => holds(facts, role, relation, 'select'));
      const table = qualified(schema, name);
      const object = relationRef(relation);
      findings.push({
        object,
        severity: readers.length > 0 ? 'blocker' : 'low',
        message:
          readers.length > 0
            ? `${table} is broadcast by Realtime without row level security: ${whoOf(readers)} can subscribe to every change of every row`
            : `${table} is in the publication supabase_realtime without row level security; only a missing SELECT grant keeps its changes from subscribers`,
        detail: `pg_publication_tables lists it for supabase_realtime; relrowsecurity is false; SELECT held by ${readers.join(', ') || 'no API role'}`,
        fix: {
          sql: `alter table ${table} enable row level security;`,
          url: 'https://supabase.com/docs/guides/realtime/postgres-changes',
        },
      });
    }
    return evaluated(published.length, 'published table', findings);
  },
});
