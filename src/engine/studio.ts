import type { ObjectRef } from '../core/object.ts';

const PAGES: Readonly<Record<string, string>> = {
  policy: 'auth/policies',
  function: 'database/functions',
  trigger: 'database/triggers',
  index: 'database/indexes',
  extension: 'database/extensions',
  publication: 'database/publications',
  role: 'database/roles',
  type: 'database/types',
  bucket: 'storage/buckets',
  'cron job': 'integrations/cron/jobs',
  setting: 'settings/database',
  database: 'settings/database',
  user: 'auth/users',
};

/** The page of Supabase Studio where an object is shown; null without a project ref. */
export function studioPage(projectRef: string | null, object: ObjectRef): string | null {
  if (projectRef === null) return null;
  return `https://supabase.com/dashboard/project/${projectRef}/${PAGES[object.kind] ?? 'database/tables'}`;
}
