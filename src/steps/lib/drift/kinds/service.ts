import type { Facts } from '../../../../core/facts.ts';
import { objectRef } from '../../../../core/object.ts';
import { quoteLiteral } from '../../../../core/text.ts';
import { type Kind, textAspect } from '../model.ts';

/* What Supabase's services keep as rows: cron jobs and storage buckets. */

type Job = NonNullable<Facts['cronJobs']>[number];

/** A job without a name is known by what it does. */
const isNamed = (job: Job) => !/^job \d+$/.test(job.name);
const jobName = (job: Job) => (isNamed(job) ? job.name : `${job.schedule} ${job.command}`);

function schedule(job: Job): string[] {
  const name = isNamed(job) ? `${quoteLiteral(job.name)}, ` : '';
  return [
    `select cron.schedule(${name}${quoteLiteral(job.schedule)}, ${quoteLiteral(job.command)})`,
    ...(job.active ? [] : [activate(job, false)]),
  ];
}

/** By its row's own condition, since numbers differ from database to database. */
const found = (job: Job) =>
  isNamed(job)
    ? `jobname = ${quoteLiteral(job.name)}`
    : `schedule = ${quoteLiteral(job.schedule)} and command = ${quoteLiteral(job.command)}`;

function activate(job: Job, active: boolean): string {
  return `select cron.alter_job(jobid, active := ${active}) from cron.job where ${found(job)}`;
}

export const cronJobs: Kind<Job> = {
  id: 'cron job',
  rows: (side) => side.catalogue.cronJobs ?? [],
  key: jobName,
  object: (job) => objectRef('cron job', null, isNamed(job) ? job.name : job.schedule),
  aspects: [
    textAspect<Job>({
      name: 'schedule',
      severity: 'high',
      text: (job) => job.schedule,
      change: (from, to) => [
        `select cron.alter_job(jobid, schedule := ${quoteLiteral(to.schedule)}) from cron.job where ${found(from)}`,
      ],
    }),
    textAspect<Job>({
      name: 'command',
      severity: 'high',
      text: (job) => job.command.trim(),
      change: (from, to) => [
        `select cron.alter_job(jobid, command := ${quoteLiteral(to.command)}) from cron.job where ${found(from)}`,
      ],
    }),
    textAspect<Job>({
      name: 'state',
      severity: 'high',
      text: (job) => (job.active ? 'active' : 'inactive'),
      change: (from, to) => [activate(from, to.active)],
    }),
    textAspect<Job>({
      name: 'role',
      severity: 'blocker',
      text: (job, side) => side.role(job.username),
      change: (from, to, direction) => [
        `select cron.alter_job(jobid, username := ${quoteLiteral(direction.to.role(to.username))}) from cron.job where ${found(from)}`,
      ],
    }),
  ],
  presence: 'high',
  create: schedule,
  drop: (job) => [`select cron.unschedule(jobid) from cron.job where ${found(job)}`],
};

type Bucket = NonNullable<Facts['storage']>['buckets'][number];

const types = (bucket: Bucket) => bucket.allowedMimeTypes?.toSorted() ?? null;
const update = (bucket: Bucket, what: string) =>
  `update storage.buckets set ${what} where id = ${quoteLiteral(bucket.id)}`;

function typeList(bucket: Bucket): string {
  return bucket.allowedMimeTypes === null
    ? 'null'
    : `array[${bucket.allowedMimeTypes.map(quoteLiteral).join(', ')}]::text[]`;
}

export const buckets: Kind<Bucket> = {
  id: 'bucket',
  rows: (side) => side.catalogue.storage?.buckets ?? [],
  key: (bucket) => bucket.id,
  object: (bucket) => objectRef('bucket', 'storage', bucket.id),
  aspects: [
    textAspect<Bucket>({
      name: 'visibility',
      severity: 'blocker',
      follows: (live) =>
        live.public
          ? 'everybody who knows or guesses a path reads its files'
          : 'links that the code hands out do not open',
      text: (bucket) => (bucket.public ? 'public' : 'private'),
      change: (from, to) => [update(from, `public = ${to.public}`)],
    }),
    textAspect<Bucket>({
      name: 'file size limit',
      severity: 'high',
      text: (bucket) => bucket.fileSizeLimit?.toString() ?? null,
      change: (from, to) => [update(from, `file_size_limit = ${to.fileSizeLimit ?? 'null'}`)],
    }),
    textAspect<Bucket>({
      name: 'allowed types',
      severity: 'high',
      text: (bucket) => types(bucket)?.join(', ') ?? null,
      change: (from, to) => [update(from, `allowed_mime_types = ${typeList(to)}`)],
    }),
  ],
  presence: (bucket, where) => (where === 'live' && bucket.public ? 'blocker' : 'high'),
  create: (bucket) => [
    `insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values (${quoteLiteral(bucket.id)}, ${quoteLiteral(bucket.name)}, ${bucket.public}, ${bucket.fileSizeLimit ?? 'null'}, ${typeList(bucket)})`,
  ],
  // The service refuses to delete a bucket past it unless told, and PostgreSQL one that holds files.
  drop: (bucket) => [
    `do $do$ begin perform set_config('storage.allow_delete_query', 'true', true); delete from storage.buckets where id = ${quoteLiteral(bucket.id)}; end $do$`,
  ],
};
