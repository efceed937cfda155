import { type Check, type Checkpoint, defineReview } from '../../core/check.ts';
import { qualified } from '../../core/text.ts';
import { API_ROLES } from '../lib/exposure.ts';
import { REACH_FACTS, reachOf } from '../lib/reach.ts';
import { groupBy } from '../lib/tables.ts';
import { anonProbe } from './4.1-rls-enabled/anon-probe.ts';
import { insecureQueueExposed } from './4.1-rls-enabled/insecure-queue-exposed.ts';
import { policyExistsRlsDisabled } from './4.1-rls-enabled/policy-exists-rls-disabled.ts';
import { realtimePublicationRls } from './4.1-rls-enabled/realtime-publication-rls.ts';
import { rlsAllPrivileges } from './4.1-rls-enabled/rls-all-privileges.ts';
import { rlsEnabledNoPolicy } from './4.1-rls-enabled/rls-enabled-no-policy.ts';
import { viewWriteThrough } from './4.1-rls-enabled/view-write-through.ts';

/** Relations of which anybody, or anybody signed in, can read every row. */
const openRelations = defineReview({
  ask: 'public on purpose?',
  needs: REACH_FACTS,
  uses: ['repoConfig'],
  items(facts) {
    const reach = (reachOf(facts) ?? []).filter(({ role }) => API_ROLES.some((one) => one === role));
    return [...groupBy(reach, ({ schema, name }) => qualified(schema, name))].flatMap(([name, roles]) => {
      const open = roles.filter(
        ({ direct, ways }) =>
          direct.select === 'all' || ways.some(({ operation, rows }) => operation === 'select' && rows === 'all'),
      );
      return open.length > 0 ? [{ name, lines: open.map(({ sentence }) => sentence) }] : [];
    });
  },
});

export const checkpoint: Checkpoint<Check> = {
  id: '4.1',
  title: 'Row level security guards every table that users can reach',
  intent:
    'The publishable key is public and the Data API serves whole schemas. What stands between a stranger and a row is the grant, row level security, and nothing else; both are judged together, for tables, partitions, views, queues and broadcasts.',
  source: 'CATALOGUE 4.1; Supabase, Going into production: security',
  checks: [
    anonProbe,
    rlsAllPrivileges,
    policyExistsRlsDisabled,
    rlsEnabledNoPolicy,
    viewWriteThrough,
    realtimePublicationRls,
    insecureQueueExposed,
  ],
  attestations: [
    {
      id: 'public-tables',
      question: 'Which tables are public on purpose?',
      hint: 'Name each table that anybody may read, and why. Put them into declared.publicTables; “none” is an answer.',
      kind: 'text',
      required: true,
      evidence: 'none',
      binds: ['relations', 'policies', 'columns', 'views', 'functions', 'roles', 'schemas'],
      review: openRelations,
    },
  ],
};
