import type { Check, Section } from '../../core/check.ts';
import { checkpoint as tableMatrix } from './7.1-table-matrix.ts';
import { checkpoint as evidence } from './7.2-evidence.ts';
import { checkpoint as launchGate } from './7.3-launch-gate.ts';
import { checkpoint as contract } from './7.4-contract.ts';

export const section: Section<Check> = {
  id: 7,
  name: 'Sign-off',
  title: 'A named person says, on evidence, that real users’ data may go in',
  checkpoints: [tableMatrix, evidence, launchGate, contract],
};
