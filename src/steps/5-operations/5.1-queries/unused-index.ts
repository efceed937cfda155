import { defineCheck, evaluated, notApplicable, skipped } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { counted, qualified } from '../../../core/text.ts';
import { userForeignKeys } from '../../lib/foreign-keys.ts';
import { groupBy, indexesByTable, keyOf } from '../../lib/tables.ts';
import { covers } from './index-cover.ts';

const MB = 1024 ** 2;
const DAY = 86_400;

export const unusedIndex = defineCheck({
  id: 'unused-index',
  rev: 1,
  title: 'Every larger index is used',
  why: 'An index that no query reads is still written with every insert and update, and takes memory from those that are read.',
  severity: 'low',
  aliases: ['unused_index'],
  source: 'Supabase lint 0005 unused_index, with the age of the statistics',
  remedy: 'Drop it concurrently; keep its definition in the migration that drops it.',
  falseAlarms:
    'Unique and constraint indexes, the only index of a foreign key, partitions and indexes below 1 MB are left out; with statistics younger than 30 days the check is skipped rather than blaming an index that a monthly report uses.',
  matrix: 'Indexes',
  needs: ['indexes', 'indexStats', 'constraints', 'volatileDatabase'],
  parameters: { minMegabytes: 1, minDays: 30 },
  evaluate({ facts, parameters }) {
    const stats = new Map(facts.indexStats.map((row) => [keyOf(row.schema, row.name), row]));
    const keys = groupBy(userForeignKeys(facts.constraints), ({ schema, table }) => keyOf(schema, table));
    const byTable = indexesByTable(facts.indexes);
    const large = facts.indexes.filter((index) => {
      const bytes = stats.get(keyOf(index.schema, index.name))?.bytes ?? 0;
      const droppable =
        !index.platform && !index.unique && !index.primary && !index.constraint && !index.inherited && index.valid;
      return droppable && bytes > parameters.minMegabytes * MB;
    });
    if (large.length === 0)
      return notApplicable(`no index without a constraint is larger than ${parameters.minMegabytes} MB`);
    const unused = large.filter((index) => {
      if (stats.get(keyOf(index.schema, index.name))?.scans !== 0) return false;
      const others = (byTable.get(keyOf(index.schema, index.table)) ?? []).filter((other) => other !== index);
      const needed = (keys.get(keyOf(index.schema, index.table)) ?? []).some(
        (key) => covers(index, key.columns) && !others.some((other) => covers(other, key.columns)),
      );
      return !needed;
    });
    const age = facts.volatileDatabase.statsAgeSeconds;
    if (unused.length > 0 && (age === null || age < parameters.minDays * DAY)) {
      const known =
        age === null
          ? 'it is not known how old the statistics are'
          : `the statistics are ${counted(Math.floor(age / DAY), 'day')} old`;
      return skipped(
        `${counted(unused.length, 'index')} unused so far, but ${known}; run it again when they are ${parameters.minDays} days old`,
      );
    }
    const days = Math.floor((age ?? 0) / DAY);
    const findings = unused.map((index) => {
      const object = objectRef('index', index.schema, index.name, { table: index.table });
      const bytes = stats.get(keyOf(index.schema, index.name))?.bytes ?? 0;
      const name = qualified(index.schema, index.name);
      return {
        object,
        message: `no query used the index ${name} (${(bytes / MB).toFixed(1)} MB) in ${days} days, yet every write to ${qualified(index.schema, index.table)} pays for it`,
        detail: '0 scans since statistics began; no constraint or foreign key needs it.',
        fix: { sql: `drop index concurrently ${name}` },
      };
    });
    return evaluated(large.length, 'index larger than 1 MB', findings, 'indexes larger than 1 MB');
  },
});
