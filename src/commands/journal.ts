import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../core/errors.ts';
import { counted } from '../core/text.ts';
import { repairJournal } from '../state/repair.ts';
import { auditsFolder } from '../state/store.ts';
import { resolveProject } from './targets.ts';

/** The audit's folder, by the end of its id, or the latest: also one whose journal cannot be read. */
function auditFolder(root: string, audit: string | undefined): string {
  const folder = auditsFolder(root);
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'journal.jsonl')))
    : [];
  const wanted =
    audit === undefined || audit === 'latest' ? names.sort().at(-1) : names.find((name) => name.endsWith(audit));
  if (wanted !== undefined) return join(folder, wanted);
  throw new UserError(
    'unknown-audit',
    `there is no audit ${audit === undefined ? '' : `“${audit}” `}in ${folder}`,
    names.length > 0 ? `there are: ${names.join(', ')}` : 'check --repo and --state-dir',
  );
}

/** `supaready journal repair`: ends a damaged journal after its last intact entry; what is cut off is kept aside. */
export async function repairCommand(options: {
  truncateAt: string;
  audit?: string;
  repo?: string;
  stateDir?: string;
}): Promise<number> {
  const keep = Number(options.truncateAt);
  if (!Number.isSafeInteger(keep) || keep < 1)
    throw new UserError(
      'bad-number',
      `--truncate-at takes the number of the last entry to keep, not “${options.truncateAt}”`,
      '`supaready status` names it when it refuses a damaged journal',
    );
  const directory = auditFolder(resolveProject(options).stateRoot, options.audit);
  const { bytes } = repairJournal(directory, keep);
  process.stderr.write(
    `the journal ends with entry ${keep}; ${counted(bytes, 'byte')} that followed are kept in ${join(directory, 'torn')}, and the journal says so\n`,
  );
  return EXIT.ok;
}
