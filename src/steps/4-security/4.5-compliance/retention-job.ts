import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { Facts, Relation } from '../../../core/facts.ts';
import { objectRef } from '../../../core/object.ts';
import { qualified } from '../../../core/text.ts';
import { columnsOf } from '../../lib/exposure.ts';
import { listed } from '../../lib/refs.ts';
import { clearedBySchedule, dropsPartitions } from '../../lib/scheduled.ts';
import { holdsPersonal } from '../../lib/sensitive-names.ts';
import { isHistory, singular, userTables, words } from '../../lib/tables.ts';

const PASSING = new Set([
  'session',
  'message',
  'visit',
  'visitor',
  'view',
  'click',
  'submission',
  'waitlist',
  'contact',
  'request',
  'attempt',
  'lead',
  'tracking',
  'notification',
  'invitation',
  'analytics',
]);
const TRACES = new Set(['ip', 'ip_address', 'user_agent']);

/** Rows about people that pile up: log-like tables with personal data and a time column. Profiles and orders live as long as the account. */
function pilesUp(facts: Pick<Facts, 'columns'>, table: Relation): boolean {
  const columns = columnsOf(facts, table);
  const timed = columns.some((column) => column.type.startsWith('timestamp') || column.type === 'date');
  if (!timed || !columns.some(holdsPersonal)) return false;
  const passing = isHistory(table.name) || words(table.name).some((word) => PASSING.has(singular(word)));
  return passing || columns.some((column) => TRACES.has(column.name.toLowerCase()));
}

export const retentionJob = defineCheck({
  id: 'retention-job',
  rev: 2,
  title: 'Personal data that piles up is deleted on a schedule',
  why: 'Addresses, devices and messages kept for ever are a breach waiting to grow, and the GDPR allows them no longer than their purpose lasts.',
  severity: 'medium',
  source: 'GDPR Art. 5(1)(e) storage limitation; Supabase, Cron',
  remedy: 'Schedule a job that deletes rows beyond their retention period, or partition by time and drop partitions.',
  falseAlarms:
    'Only log-like tables (sessions, messages, attempts, visits …) and tables with IP address or user agent; a partitioned table where any job drops partitions, and one that a job deletes from, truncates or overwrites, is answered for.',
  needs: ['database', 'relations', 'columns', 'functions', 'cronJobs'],
  evaluate({ facts }) {
    const tables = userTables(facts.relations).filter((table) => pilesUp(facts, table));
    if (tables.length === 0) return notApplicable('no log-like table with personal data and a time column, by name');
    const handled = clearedBySchedule(facts);
    const rolling = dropsPartitions(facts);
    const open = tables.filter((table) => !handled.has(table.name) && (table.kind !== 'partitioned table' || !rolling));
    const findings =
      open.length === 0
        ? []
        : [
            {
              object: objectRef('database', null, facts.database.name),
              message: `personal data in ${listed(open.map((table) => qualified(table.schema, table.name)))} is never deleted: no scheduled job empties ${open.length === 1 ? 'it' : 'them'}`,
              detail:
                facts.cronJobs === null
                  ? 'pg_cron is not installed'
                  : `none of the ${facts.cronJobs.length} scheduled jobs takes rows from them`,
              fix: {
                command: `decide the period, then for each table: select cron.schedule('retention', '17 3 * * *', $$delete from … where created_at < now() - interval '90 days'$$)`,
                url: 'https://supabase.com/docs/guides/cron',
              },
            },
          ];
    return evaluated(
      tables.length,
      'log-like table with personal data',
      findings,
      'log-like tables with personal data',
    );
  },
});
