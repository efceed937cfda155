import type { Section } from '../../core/check.ts';
import { checkpoint as rlsEnabled } from './4.1-rls-enabled.ts';
import { checkpoint as policies } from './4.2-policies.ts';

export const section: Section = {
  id: 4,
  name: 'Security',
  title: 'Every row, function and secret is reachable only by whom it is meant for',
  checkpoints: [rlsEnabled, policies],
};
