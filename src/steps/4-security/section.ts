import type { Check, Section } from '../../core/check.ts';
import { checkpoint as rlsEnabled } from './4.1-rls-enabled.ts';
import { checkpoint as policies } from './4.2-policies.ts';
import { checkpoint as rolesAndFunctions } from './4.3-roles-and-functions.ts';
import { checkpoint as encryption } from './4.4-encryption.ts';
import { checkpoint as compliance } from './4.5-compliance.ts';

export const section: Section<Check> = {
  id: 4,
  name: 'Security',
  title: 'Every row, function and secret is reachable only by whom it is meant for',
  checkpoints: [rlsEnabled, policies, rolesAndFunctions, encryption, compliance],
};
