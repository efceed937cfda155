import type { Check, Checklist } from '../core/check.ts';
import { section as inventory } from './1-inventory/section.ts';
import { section as schema } from './2-schema/section.ts';
import { section as data } from './3-data/section.ts';
import { section as security } from './4-security/section.ts';
import { section as operations } from './5-operations/section.ts';
import { section as integration } from './6-integration/section.ts';
import { section as signOff } from './7-sign-off/section.ts';

/** The mission: seven sections, in the order in which they open (CATALOGUE.md). */
const judging: Checklist<Check> = {
  version: '1',
  sections: [inventory, schema, data, security, operations, integration, signOff],
};

/**
 * The text of the checklist, of which screens and gate are made. In the bundle (scripts/checklist-plugin.mjs) it is nothing
 * else, so that a start does not wait for what only a run needs.
 */
export const checklist: Checklist = judging;

/** The checklist together with what its checks do. */
export async function loadChecks(): Promise<Checklist<Check>> {
  return judging;
}
