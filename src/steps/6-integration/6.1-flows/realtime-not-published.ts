import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { qualified } from '../../../core/text.ts';
import { relationRef } from '../../lib/refs.ts';
import { keyOf } from '../../lib/tables.ts';
import { type CodeCall, callLocation, lookUp, places } from '../code-objects.ts';

const PUBLICATION = 'supabase_realtime';

export const realtimeNotPublished = defineCheck({
  id: 'realtime-not-published',
  rev: 1,
  title: 'Tables the code listens to are published',
  why: 'The subscription succeeds and no event ever comes: the screen looks alive and is stale.',
  severity: 'high',
  source: 'CATALOGUE 6.1 realtime-not-published; Supabase docs, “Postgres Changes”',
  remedy: 'Add the table to the publication supabase_realtime in a migration.',
  falseAlarms:
    'A table that does not exist is the finding of code-object-missing; a subscription to a whole schema names none.',
  needs: ['repoCode', 'repoConfig', 'database', 'relations', 'publications'],
  evaluate({ facts }) {
    const calls = facts.repoCode.calls.filter(
      ({ kind, target }) => kind === 'postgres_changes' && !target.dynamic && target.value !== null,
    );
    if (calls.length === 0) return notApplicable('the code listens to no table’s changes');
    const publication = facts.publications.find(({ name }) => name === PUBLICATION);
    const published = new Set(publication?.tables.map(([schema, name]) => keyOf(schema, name)));
    const unheard = new Map<string, { calls: CodeCall[]; draft: FindingDraft }>();
    for (const call of calls) {
      const found = lookUp(facts, call);
      if (found.state === 'missing') continue;
      const { relation } = found;
      const key = keyOf(relation.schema, relation.name);
      if (publication?.allTables || published.has(key)) continue;
      const known = unheard.get(key);
      if (known) {
        known.calls.push(call);
        continue;
      }
      const table = qualified(relation.schema, relation.name);
      unheard.set(key, {
        calls: [call],
        draft: {
          object: relationRef(relation),
          message: `the code listens to changes of ${table}, which is in no publication of realtime: no event ever arrives`,
          fix: {
            sql: publication
              ? `alter publication ${PUBLICATION} add table ${table}`
              : `create publication ${PUBLICATION} for table ${table}`,
          },
          location: callLocation(call),
        },
      });
    }
    const findings = [...unheard.values()].map(({ calls: from, draft }) => ({
      ...draft,
      detail: `Subscribed at ${places(from)}.`,
    }));
    return evaluated(calls.length, 'subscription', findings);
  },
});
