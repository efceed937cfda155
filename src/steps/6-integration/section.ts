import type { Check, Section } from '../../core/check.ts';
import { checkpoint as flows } from './6.1-flows.ts';
import { checkpoint as types } from './6.2-types.ts';
import { checkpoint as validation } from './6.3-validation.ts';
import { checkpoint as endToEnd } from './6.4-end-to-end.ts';
import { checkpoint as delivery } from './6.5-delivery.ts';

export const section: Section<Check> = {
  id: 6,
  name: 'App',
  title: 'Application integration',
  checkpoints: [flows, types, validation, endToEnd, delivery],
};
