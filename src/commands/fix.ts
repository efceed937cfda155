import { EXIT } from '../core/errors.ts';
import { describeObject } from '../core/object.ts';
import { printable } from '../core/text.ts';
import { findFinding } from '../engine/find-finding.ts';
import { openAuditSession } from './open-audit.ts';
import type { AuditOptions } from './options.ts';
import { resolveProject } from './targets.ts';

/** `supaready fix`: prints the fix of a finding, or writes it as a migration. Nothing is ever run. */
export async function fixCommand(
  fingerprint: string,
  options: AuditOptions & { migration?: boolean },
  version: string,
): Promise<number> {
  const project = resolveProject(options);
  const { session } = openAuditSession({ options, project, targets: null, mode: 'headless', version, access: 'read' });
  try {
    const finding = findFinding(session.view().gate, fingerprint, options.env);
    if (options.migration) {
      process.stdout.write(`${await session.writeMigration(finding.fingerprint, finding.environment)}\n`);
      return EXIT.ok;
    }
    const { sql, command, url, migration } = finding.fix;
    process.stdout.write(
      `-- ${finding.severity}: ${printable(describeObject(finding.object))}\n-- ${printable(finding.message)}\n`,
    );
    if (sql)
      process.stdout.write(
        `${printable(sql, { multiline: true }).trimEnd()}${sql.trimEnd().endsWith(';') ? '' : ';'}\n`,
      );
    if (migration) process.stdout.write('-- or write down what the database has: --migration\n');
    if (command) process.stdout.write(`-- ${printable(command)}\n`);
    if (url) process.stdout.write(`-- ${url}\n`);
    if (!sql && !command && !url)
      process.stdout.write(`-- to be decided by a person: supaready explain ${finding.check}\n`);
    return EXIT.ok;
  } finally {
    await session.close();
  }
}
