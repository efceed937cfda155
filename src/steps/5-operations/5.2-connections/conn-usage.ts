import { defineCheck, evaluated } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';

export const connUsage = defineCheck({
  id: 'conn-usage',
  rev: 1,
  title: 'Connections are free, and nobody holds the others up',
  why: 'When the last connection is taken every request fails; one forgotten transaction can block all writers of a table.',
  severity: 'medium',
  source: 'CATALOGUE 5.2 conn-usage; pg_stat_activity, pg_locks',
  remedy: 'Let clients connect through the pooler, set timeouts, and end what hangs.',
  falseAlarms: 'The connection of this audit is not counted. It is one moment: look again under load.',
  matrix: 'Monitoring',
  needs: ['activity', 'volatileDatabase'],
  parameters: { mediumPercent: 70, blockerPercent: 90 },
  evaluate({ facts, parameters }) {
    const { activity } = facts;
    const max = facts.volatileDatabase.maxConnections;
    const used = activity.connections - activity.own;
    const percent = (used / Math.max(1, max)) * 100;
    const findings: FindingDraft[] = [];
    const report = (
      name: string,
      severity: 'blocker' | 'high' | 'medium',
      message: string,
      detail: string,
      command: string,
    ) => findings.push({ object: objectRef('activity', null, name), severity, message, detail, fix: { command } });
    if (percent > parameters.mediumPercent) {
      report(
        'connections',
        percent > parameters.blockerPercent ? 'blocker' : 'medium',
        `${used} of ${max} connections are taken (${Math.round(percent)}%): when the rest is gone, every new request fails`,
        activity.byRole.map(({ role, connections }) => `${role} ${connections}`).join(', '),
        'Connect through the pooler (port 6543), lower pool sizes, or take a larger compute size.',
      );
    }
    if (activity.idleInTransactionOver60s > 0) {
      report(
        'idle in transaction',
        'medium',
        `${counted(activity.idleInTransactionOver60s, 'connection')} ${activity.idleInTransactionOver60s === 1 ? 'has' : 'have'} held a transaction open for over a minute doing nothing: locks stay, and vacuum cannot clean up`,
        'State “idle in transaction” in pg_stat_activity.',
        'Set idle_in_transaction_session_timeout, and find the code that waits between statements.',
      );
    }
    if (activity.queriesOver5min > 0) {
      report(
        'long queries',
        'high',
        `${counted(activity.queriesOver5min, 'query')} ${activity.queriesOver5min === 1 ? 'has' : 'have'} been running for over five minutes`,
        'State “active” in pg_stat_activity.',
        'Set statement_timeout for the role, and look at the plan.',
      );
    }
    if (activity.waitingForLock > 0) {
      report(
        'lock waits',
        'high',
        `${counted(activity.waitingForLock, 'query')} ${activity.waitingForLock === 1 ? 'waits' : 'wait'} for a lock that another transaction holds`,
        'Not granted in pg_locks.',
        "select pg_blocking_pids(pid), * from pg_stat_activity where wait_event_type = 'Lock'",
      );
    }
    if (activity.exclusiveLocksOver2min > 0) {
      report(
        'exclusive locks',
        'medium',
        `${counted(activity.exclusiveLocksOver2min, 'exclusive lock')} held for over two minutes: nobody else can use those tables`,
        'Granted AccessExclusiveLock or ExclusiveLock in pg_locks.',
        'End the migration or session that holds it, and set lock_timeout for migrations.',
      );
    }
    return evaluated(Math.max(1, used), 'connection', findings);
  },
});
