import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { scanSync } from 'libpg-query';
import { UserError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { describeObject } from '../core/object.ts';
import { printable } from '../core/text.ts';

/**
 * The fix as it must stand in a migration: CONCURRENTLY is not allowed in the transaction in which the Supabase CLI runs a
 * file, so the word is taken out (PostgreSQL docs, CREATE INDEX). Tells whether it was there.
 */
export function withoutConcurrently(sql: string): { sql: string; changed: boolean } {
  const bytes = Buffer.from(sql, 'utf8');
  const parts: Buffer[] = [];
  let from = 0;
  for (const token of scanSync(sql).tokens) {
    if (token.keywordName === 'NO_KEYWORD' || token.text.toLowerCase() !== 'concurrently') continue;
    parts.push(bytes.subarray(from, token.start));
    from = token.end + 1;
  }
  if (from === 0) return { sql, changed: false };
  return { sql: Buffer.concat([...parts, bytes.subarray(from)]).toString('utf8'), changed: true };
}

/** `20261124140211_supaready_no_primary_key_orders.sql` */
function fileName(finding: Finding, now: string): string {
  const stamp = now.replace(/\D/g, '').slice(0, 14);
  const slug = `${finding.check} ${finding.object.table ?? finding.object.name}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return `${stamp}_supaready_${slug.slice(0, 80)}.sql`;
}

/** What a migration is to hold: what writes the database's own state down where there is that, else the fix itself. */
function sqlForMigration({ fix }: Finding): { sql: string | null; alreadyThere: boolean } {
  return fix.migration === undefined
    ? { sql: fix.sql, alreadyThere: false }
    : { sql: fix.migration, alreadyThere: true };
}

/**
 * Writes a finding's fix as a new migration file. Never overwrites: the name carries the second it was made in.
 * Returns the path relative to the repository. Throws UserError (exit 2) when the finding has no SQL to run.
 */
export function writeFixMigration(options: { root: string; directory: string; finding: Finding; now: string }): string {
  const { root, directory, finding, now } = options;
  const { sql: wanted, alreadyThere } = sqlForMigration(finding);
  if (wanted === null) {
    throw new UserError(
      'no-sql-fix',
      `${finding.check} on ${describeObject(finding.object)} has no SQL that would mend it by itself`,
      finding.fix.command ?? 'read `supaready explain` for what to do by hand',
    );
  }
  const { sql, changed } = withoutConcurrently(wanted);
  const note = changed
    ? '-- Locks writes while it builds: on a large live table run it by hand with CONCURRENTLY first.\n'
    : '';
  const name = fileName(finding, now);
  const marking = alreadyThere
    ? `-- The database it was found in has this already: mark it as applied there, supabase migration repair --status applied ${name.slice(0, 14)}\n`
    : '';
  const target = join(root, directory, name);
  mkdirSync(join(root, directory), { recursive: true });
  try {
    writeFileSync(
      target,
      `-- ${printable(finding.message)}\n-- supaready ${finding.check} ${finding.fingerprint.slice(0, 12)}\n${marking}${note}${sql.trimEnd()}${sql.trimEnd().endsWith(';') ? '' : ';'}\n`,
      { flag: 'wx' },
    );
  } catch (error) {
    throw new UserError(
      'migration-not-written',
      `could not write ${relative(root, target)}: ${(error as Error).message}`,
      'check the folder’s rights and free space, then try again',
      3,
      error,
    );
  }
  return relative(root, target);
}
