import type { Facts } from '../../core/facts.ts';
import { redact } from '../../core/redact.ts';
import { quoteIdent } from '../../core/text.ts';
import { type CatalogueName, denied, type Facet, known } from './facets.ts';
import { migrationHistory } from './migration-history.ts';
import { type LiveCheckRow, liveReport } from './plpgsql-report.ts';
import { type OptionalRelation, type Probe, readability } from './probe.ts';
import { QUERIES } from './queries.ts';
import { composeSql } from './sql-text.ts';

/** Facets over tables of Supabase's services and of migration tools: there or not, readable or not, in several ages. */

/** SQL for a column that older versions of the service lack. */
function columnOr(relation: OptionalRelation | undefined, column: string, sql: string, otherwise: string): string {
  return relation?.columns.includes(column) ? sql : otherwise;
}

function isReadable(probe: Probe, relation: string): boolean {
  return readability(probe, relation).state === 'readable';
}

const single = <R>(rows: R[]): R => {
  const row = rows[0];
  if (row === undefined) throw new Error('the query brought no row');
  return row;
};

export const SERVICE_FACETS = {
  authUsers: ({ probe }) => {
    const users = readability(probe, 'auth.users');
    if (users.state === 'absent') return known<'authUsers'>(null);
    if (users.state === 'denied') return denied<'authUsers'>(users.reason);
    const relation = probe.optional['auth.users'];
    const mfa = isReadable(probe, 'auth.mfa_factors');
    const log = isReadable(probe, 'auth.audit_log_entries');
    const unread = (['auth.mfa_factors', 'auth.audit_log_entries'] as const).flatMap((name) => {
      const access = readability(probe, name);
      return access.state === 'denied' ? [access.reason] : [];
    });
    return {
      sql: composeSql(QUERIES.authUsers, {
        is_anonymous: columnOr(relation, 'is_anonymous', 'u.is_anonymous', 'false'),
        is_confirmed: `(${['email_confirmed_at', 'phone_confirmed_at', 'confirmed_at']
          .filter((column) => relation?.columns.includes(column))
          .map((column) => `u.${column} is not null`)
          .concat('false')
          .join(' or ')})`,
        is_present: columnOr(relation, 'deleted_at', 'u.deleted_at is null', 'true'),
        has_verified_mfa: mfa
          ? "m.id in (select f.user_id from auth.mfa_factors f where f.status::text = 'verified')"
          : 'false',
        // Never a scan of millions of log lines: an estimate past a thousand.
        audit_log_entries: log
          ? `(select greatest(pg_catalog.count(*), case when pg_catalog.count(*) = 1000 then (
              select c.reltuples::bigint from pg_catalog.pg_class c where c.oid = 'auth.audit_log_entries'::regclass) end)
              from (select from auth.audit_log_entries limit 1000) e)`
          : 'null::int',
      }),
      shape: (rows: NonNullable<Facts['authUsers']>[]) => single(rows),
      hidden: () => unread,
    };
  },
  storage: ({ probe }) => {
    const buckets = readability(probe, 'storage.buckets');
    if (buckets.state === 'absent') return known<'storage'>(null);
    if (buckets.state === 'denied') return denied<'storage'>(buckets.reason);
    const objects = readability(probe, 'storage.objects');
    if (objects.state !== 'readable') {
      return denied<'storage'>(objects.state === 'denied' ? objects.reason : 'storage.objects is missing');
    }
    const bucket = probe.optional['storage.buckets'];
    const object = probe.optional['storage.objects'];
    const owner = columnOr(object, 'owner_id', 'o.owner_id', columnOr(object, 'owner', 'o.owner::text', 'null::text'));
    const users = isReadable(probe, 'auth.users');
    return {
      sql: composeSql(QUERIES.storage, {
        object_owner: owner,
        owner_exists: users ? `${owner} in (select u.id::text from auth.users u)` : 'true',
        bucket_public: columnOr(bucket, 'public', 'coalesce(b.public, false)', 'false'),
        file_size_limit: columnOr(bucket, 'file_size_limit', 'b.file_size_limit', 'null::bigint'),
        allowed_mime_types: columnOr(bucket, 'allowed_mime_types', 'b.allowed_mime_types', 'null::text[]'),
      }),
      shape: (rows: NonNullable<Facts['storage']>['buckets']) => ({ buckets: rows }),
      hidden: () => {
        const access = readability(probe, 'auth.users');
        return access.state === 'denied' ? [`whether owners of objects still exist: ${access.reason}`] : [];
      },
    };
  },
  cronJobs: ({ probe }) => {
    const jobs = readability(probe, 'cron.job');
    if (jobs.state === 'absent') return known<'cronJobs'>(null);
    if (jobs.state === 'denied') return denied<'cronJobs'>(jobs.reason);
    const runs = readability(probe, 'cron.job_run_details');
    const none = 'select null::bigint as jobid, 0 as runs, 0 as failed, null::text as last_status where false';
    return {
      sql: composeSql(QUERIES.cronJobs, {
        job_name: columnOr(probe.optional['cron.job'], 'jobname', 'j.jobname', 'null::text'),
        cron_runs: runs.state === 'readable' ? QUERIES.cronRuns : none,
      }),
      shape: (rows: NonNullable<Facts['cronJobs']>) => rows.map((row) => ({ ...row, command: redact(row.command) })),
      hidden: () => (runs.state === 'denied' ? [`how jobs ended: ${runs.reason}`] : []),
    };
  },
  plpgsqlCheckLive: ({ probe }) => {
    if (probe.plpgsqlCheck === null) return known<'plpgsqlCheckLive'>(null);
    return {
      sql: composeSql(QUERIES.plpgsqlCheck, { check_schema: quoteIdent(probe.plpgsqlCheck) }),
      shape: (rows: LiveCheckRow[]) => liveReport(rows),
    };
  },
  httpResponses: ({ probe }) => {
    const responses = readability(probe, 'net._http_response');
    if (responses.state === 'absent') return known<'httpResponses'>(null);
    if (responses.state === 'denied') return denied<'httpResponses'>(responses.reason);
    return {
      sql: composeSql(QUERIES.httpResponses),
      shape: (rows: NonNullable<Facts['httpResponses']>[]) => single(rows),
    };
  },
  migrationHistory,
} satisfies { [N in CatalogueName]?: Facet<N> };
