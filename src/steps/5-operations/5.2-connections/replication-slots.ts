import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { quoteLiteral } from '../../../core/text.ts';

const GB = 1024 ** 3;

export const replicationSlots = defineCheck({
  id: 'replication-slots',
  rev: 1,
  title: 'No replication slot holds back the disk',
  why: 'A slot nobody reads makes the server keep every change until the disk is full and the database turns read-only.',
  severity: 'high',
  source: 'CATALOGUE 5.2 replication-slots; pg_replication_slots',
  remedy: 'Start its reader again, or drop the slot.',
  falseAlarms: 'An inactive slot that holds back less than 1 GB is only medium: its reader may be restarting.',
  matrix: 'Monitoring',
  needs: ['replicationSlots'],
  parameters: { maxGigabytes: 1 },
  evaluate({ facts, parameters }) {
    if (facts.replicationSlots.length === 0) return notApplicable('there is no replication slot');
    const findings = facts.replicationSlots.flatMap((slot): FindingDraft[] => {
      const lost = slot.walStatus === 'lost';
      const lag = slot.lagBytes ?? 0;
      const behind = lag > parameters.maxGigabytes * GB;
      if (!lost && !behind && slot.active) return [];
      const drop = `select pg_drop_replication_slot(${quoteLiteral(slot.name)})`;
      const size = `${(lag / GB).toFixed(1)} GB`;
      return [
        {
          object: objectRef('replication slot', null, slot.name),
          severity: lost ? 'blocker' : behind ? 'high' : 'medium',
          message: lost
            ? `the replication slot ${slot.name} has lost changes: its reader can never catch up and must be set up anew`
            : behind
              ? `the replication slot ${slot.name} holds back ${size} of changes: the disk fills until the database turns read-only`
              : `nobody reads the replication slot ${slot.name}: from now on every change is kept for it`,
          detail: `${slot.type}, ${slot.active ? 'active' : 'inactive'}, ${size} behind, wal_status ${slot.walStatus ?? 'unknown'}.`,
          fix: slot.active && !lost ? { command: 'Make its reader faster, or restart it.' } : { sql: drop },
        },
      ];
    });
    return evaluated(facts.replicationSlots.length, 'replication slot', findings);
  },
});
