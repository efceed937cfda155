import type { Check, Section } from '../../core/check.ts';
import { checkpoint as environments } from './1.1-environments.ts';
import { checkpoint as secrets } from './1.2-secrets.ts';
import { checkpoint as access } from './1.3-access.ts';

export const section: Section<Check> = {
  id: 1,
  name: 'Inventory',
  title: 'Inventory and access',
  checkpoints: [environments, secrets, access],
};
