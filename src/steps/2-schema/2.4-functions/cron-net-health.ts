import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { objectRef } from '../../../core/object.ts';
import { parseStatements } from '../../../core/sql.ts';
import { counted, qualified, quoteLiteral } from '../../../core/text.ts';
import { callsIn, resolveCall } from '../../lib/sql-tree.ts';

export const cronNetHealth = defineCheck({
  id: 'cron-net-health',
  rev: 2,
  title: 'Scheduled jobs and web requests of the database succeed',
  why: 'Nobody sees a nightly job or a webhook fail: invoices are not sent and data is not cleaned up until a customer asks.',
  severity: 'high',
  source: 'CATALOGUE 2.4 cron-net-health; pg_cron (cron.job_run_details), pg_net (net._http_response)',
  remedy: 'Read the error in cron.job_run_details or net._http_response, mend its cause, and alert on it.',
  falseAlarms:
    'Inactive jobs are not judged; a job must fail more than once in twenty runs, or have failed last; web requests are judged from 20 on.',
  matrix: 'Monitoring',
  needs: ['cronJobs', 'httpResponses'],
  uses: ['functions', 'schemas'],
  parameters: { failedPercent: 5, httpFailedPercent: 1, minResponses: 20 },
  evaluate({ facts, parameters }) {
    const { cronJobs, httpResponses } = facts;
    if (cronJobs === null && httpResponses === null) return notApplicable('neither pg_cron nor pg_net is installed');
    const jobs = (cronJobs ?? []).filter(({ active }) => active);
    const ownSchemas = new Set((facts.schemas ?? []).filter((row) => !row.platform).map(({ name }) => name));
    const functions = facts.functions;
    /** A function of the project's schemas that a job names and that is not there. */
    const missing = (command: string): string | null => {
      if (!functions) return null;
      const gone = callsIn(parseStatements(command) ?? []).find(
        (call) => call.schema !== null && ownSchemas.has(call.schema) && resolveCall(functions, call).length === 0,
      );
      return gone?.schema ? qualified(gone.schema, gone.name) : null;
    };
    const findings = jobs.flatMap((job): FindingDraft[] => {
      const gone = missing(job.command);
      if (gone !== null)
        return [
          {
            object: objectRef('cron job', null, job.name),
            message: `the job ${job.name} calls ${gone}, which does not exist: every run of it fails`,
            detail: `Schedule ${job.schedule}; its command was read as a tree and its functions looked up.`,
            fix: { sql: `select cron.unschedule(${quoteLiteral(job.name)})` },
            discriminator: 'missing function',
          },
        ];
      const percent = job.runs7d === 0 ? 0 : (job.failed7d / job.runs7d) * 100;
      const lastFailed = job.lastStatus === 'failed';
      if (!lastFailed && percent <= parameters.failedPercent) return [];
      return [
        {
          object: objectRef('cron job', null, job.name),
          message: lastFailed
            ? `the job ${job.name} failed when it last ran: what it should do is not done`
            : `the job ${job.name} failed in ${job.failed7d} of ${counted(job.runs7d, 'run')} of the last 7 days`,
          detail: `Schedule ${job.schedule}; ${job.failed7d} of ${counted(job.runs7d, 'run')} failed in 7 days.`,
          fix: {
            command: `select status, return_message, start_time from cron.job_run_details order by start_time desc limit 20`,
          },
        },
      ];
    });
    if (httpResponses && httpResponses.total >= parameters.minResponses) {
      const percent = (httpResponses.failed / httpResponses.total) * 100;
      if (percent > parameters.httpFailedPercent) {
        findings.push({
          object: objectRef('extension', null, 'pg_net'),
          severity: 'medium',
          message: `${httpResponses.failed} of ${counted(httpResponses.total, 'web request')} sent by the database failed: webhooks do not reach their targets`,
          detail: 'Status 400 or above, timed out or in error, among the responses pg_net keeps (about 6 hours).',
          fix: {
            command: `select status_code, error_msg, created from net._http_response where status_code >= 400 or timed_out or error_msg is not null`,
          },
        });
      }
    }
    const count = jobs.length + (httpResponses && httpResponses.total > 0 ? 1 : 0);
    return evaluated(count, 'scheduled job or response log', findings, 'scheduled jobs and response logs');
  },
});
