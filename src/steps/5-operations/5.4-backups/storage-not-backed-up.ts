import { defineCheck, evaluated, notApplicable } from '../../../core/check.ts';
import { objectRef } from '../../../core/object.ts';
import { counted } from '../../../core/text.ts';

export const storageNotBackedUp = defineCheck({
  id: 'storage-not-backed-up',
  rev: 1,
  title: 'Stored files are copied somewhere else',
  why: 'Database backups hold only the list of files: after a restore every link leads to nothing.',
  severity: 'high',
  source: 'CATALOGUE 5.4 storage-not-backed-up; Supabase docs, “Database backups” (objects are not included)',
  remedy: 'Schedule a copy of the buckets over the S3 protocol (rclone, aws s3 sync).',
  falseAlarms:
    'Empty buckets need no copy. Copies made outside the repository cannot be seen: waive the finding and name them.',
  needs: ['storage', 'repoProject'],
  evaluate({ facts }) {
    const buckets = facts.storage?.buckets.filter(({ objects }) => objects > 0) ?? [];
    if (buckets.length === 0) return notApplicable('no bucket holds a file');
    const copied = facts.repoProject.workflows.some(
      ({ runs, scheduled }) => scheduled && runs.includes('storage-copy'),
    );
    const objects = buckets.reduce((sum, bucket) => sum + bucket.objects, 0);
    return evaluated(
      buckets.length,
      'bucket with files',
      copied
        ? []
        : [
            {
              object: objectRef('schema', 'storage', 'storage'),
              message: `${counted(objects, 'file')} in ${counted(buckets.length, 'bucket')} are in no backup: after a restore their links lead to nothing`,
              detail: 'No scheduled workflow copies a bucket (rclone, aws s3 sync or cp, supabase storage cp).',
              fix: { command: 'A scheduled workflow that runs: rclone sync supabase:BUCKET backup:BUCKET' },
            },
          ],
      'buckets with files',
    );
  },
});
