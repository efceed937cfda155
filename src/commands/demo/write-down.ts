import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Finding } from '../../core/finding.ts';
import { writeFixMigration } from '../../engine/migration-file.ts';
import { PLATFORM_ROLES } from '../../steps/lib/drift/platform.ts';
import { applyFixSql } from './apply-fix.ts';
import { MIGRATIONS_ONLY, markApplied } from './live-database.ts';
import { withClient } from './script.ts';

const DIRECTORY = 'supabase/migrations';

/** The second after the last migration that was applied: what is still pending stays behind it. */
function nextStamp(last: string): string {
  const [year, month, day, hour, minute, second] = (last.match(/^(\d{4})|\d{2}/g) ?? []).map(Number);
  return new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, (second ?? 0) + 1)).toISOString();
}

/**
 * Writes a fix that was run on Harbor's live database down as a migration that is applied there: else it would be drift.
 * A fix of something that the migrations do not make is not written, since no database built from them could run it; nor is
 * one of drift, which made the database what they say.
 */
export async function writeDown(url: string, repository: string, finding: Finding): Promise<void> {
  const { fix, object } = finding;
  if (fix.sql === null || fix.migration !== undefined) return;
  // Roles are the server's, not one database's: whether the migrations make this one would not show.
  if (object.kind === 'role' && !PLATFORM_ROLES.has(object.name)) return;
  const made = new URL(url);
  made.pathname = `/${MIGRATIONS_ONLY}`;
  try {
    await applyFixSql(made.href, fix.sql);
  } catch {
    return;
  }
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ version: string }>(
      `select max(version) as version from supabase_migrations.schema_migrations where version ~ '^\\d{14}$'`,
    );
    const now = nextStamp(rows[0]?.version ?? '');
    const path = writeFixMigration({ root: repository, directory: DIRECTORY, finding, now });
    const [, version = '', name = ''] = /^(\d{14})_(\w+)\.sql$/.exec(basename(path)) ?? [];
    await markApplied(client, { version, name, sql: readFileSync(join(repository, path), 'utf8') });
  });
}
