import type { Check, Checkpoint } from '../../core/check.ts';
import { codeNoPrivilege } from './6.1-flows/code-no-privilege.ts';
import { codeObjectMissing } from './6.1-flows/code-object-missing.ts';
import { dynamicCall } from './6.1-flows/dynamic-call.ts';
import { exposedUnused } from './6.1-flows/exposed-unused.ts';
import { realtimeNotPublished } from './6.1-flows/realtime-not-published.ts';
import { serverSession } from './6.1-flows/server-session.ts';

/** 6.1: every call in the code meets something in the database that answers it. */
export const checkpoint: Checkpoint<Check> = {
  id: '6.1',
  title: 'Every call in the code is answered by the database',
  intent:
    'The compiler does not see a dropped column, a missing grant or an unpublished table; the user does. So the code’s calls are read from its syntax tree and looked up in the catalogue.',
  source: 'CATALOGUE 6.1; PostgREST docs, “Resource Embedding”; Supabase docs, “Postgres Changes”',
  checks: [codeObjectMissing, codeNoPrivilege, realtimeNotPublished, dynamicCall, exposedUnused, serverSession],
  attestations: [
    {
      id: 'flow-map',
      question: 'Is the map of flows complete: sign-up, profile, onboarding, payments, and what each touches?',
      hint: 'Name the flows and the screens they start from; what another repository or a mobile app calls is not seen here.',
      kind: 'text',
      required: true,
      evidence: 'optional',
      binds: ['repoCode'],
    },
  ],
};
