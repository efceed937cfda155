import type { Check, Section } from '../../core/check.ts';
import { checkpoint as queries } from './5.1-queries.ts';
import { checkpoint as connections } from './5.2-connections.ts';
import { checkpoint as monitoring } from './5.3-monitoring.ts';
import { checkpoint as backups } from './5.4-backups.ts';

export const section: Section<Check> = {
  id: 5,
  name: 'Operations',
  title: 'Operations: speed, connections, monitoring and backups',
  checkpoints: [queries, connections, monitoring, backups],
};
