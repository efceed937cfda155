import type { Check, Section } from '../../core/check.ts';
import { checkpoint as surface } from './2.1-surface.ts';
import { checkpoint as tables } from './2.2-tables.ts';
import { checkpoint as history } from './2.3-history.ts';
import { checkpoint as functions } from './2.4-functions.ts';

export const section: Section<Check> = {
  id: 2,
  name: 'Schema',
  title: 'Schema: tables, keys, migrations and functions',
  checkpoints: [surface, tables, history, functions],
};
