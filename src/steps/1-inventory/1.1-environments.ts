import type { Check, Checkpoint } from '../../core/check.ts';
import { envSeparation } from './1.1-environments/env-separation.ts';
import { repoRefUnknown } from './1.1-environments/repo-ref-unknown.ts';

/** 1.1: which projects there are, and that development does not run on production. */
export const checkpoint: Checkpoint<Check> = {
  id: '1.1',
  title: 'Every project is known, and production stands apart',
  intent:
    'An audit of the wrong project proves nothing, and a developer whose machine points at production tries things out on real users. So every project the repository names is known, and none serves two purposes.',
  source: 'CATALOGUE 1.1; Supabase docs, “Shared Responsibility Model”, “Managing Environments”',
  checks: [envSeparation, repoRefUnknown],
  attestations: [
    {
      id: 'projects-mapped',
      question: 'Are these all Supabase projects? Which one is development, staging, production, and who owns each?',
      hint: 'Look at the organization’s page in the dashboard too: a forgotten trial project often holds a copy of the data.',
      kind: 'text',
      required: true,
      evidence: 'optional',
      binds: ['declared', 'repoEnv'],
    },
  ],
};
