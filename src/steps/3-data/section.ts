import type { Check, Section } from '../../core/check.ts';
import { checkpoint as seed } from './3.1-seed.ts';
import { checkpoint as fixtures } from './3.2-fixtures.ts';
import { checkpoint as migrations } from './3.3-migrations.ts';
import { checkpoint as integrity } from './3.4-integrity.ts';

export const section: Section<Check> = {
  id: 3,
  name: 'Data',
  title: 'Data: seed, leftovers, migrations and integrity',
  checkpoints: [seed, fixtures, migrations, integrity],
};
