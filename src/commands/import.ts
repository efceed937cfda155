import { basename } from 'node:path';
import { EXIT, UserError } from '../core/errors.ts';
import { counted, printable } from '../core/text.ts';
import { openBundle } from '../evidence/verify.ts';
import { takeOver } from '../state/take-over.ts';
import { loadChecks } from '../steps/checklist.ts';
import { resolveProject } from './targets.ts';

/** `supaready import BUNDLE`: takes over the audit that a bundle holds; its folder on stdout. Exit 1 where the bundle does not hold. */
export async function importCommand(
  path: string,
  options: { repo?: string; stateDir?: string },
  version: string,
): Promise<number> {
  const { outcome, content } = await openBundle(path, { checklist: await loadChecks(), version });
  const { auditId, digest, tier, decision, project } = outcome;
  if (content === null || auditId === null || digest === null) {
    const [first] = outcome.problems;
    throw new UserError(
      'bundle-broken',
      `the bundle does not hold: ${first?.message ?? 'it has no journal'}`,
      `see all of it with: supaready verify ${path}; nothing was changed here`,
      EXIT.notReady,
    );
  }
  const { directory, known, entries } = takeOver(resolveProject(options).stateRoot, {
    auditId,
    ...content,
    event: { bundle: basename(path), sha256: digest, tier },
  });
  process.stdout.write(`${directory}\n`);
  process.stderr.write(
    `${known ? `${counted(entries, 'entry', 'entries')} added to` : 'took over'} audit ${auditId} of ${printable(project ?? '')}: ${decision}, ${tier === 'REPLAYED' ? 'every verdict derived again' : 'not every verdict could be derived again'}\ngo on with: supaready --audit ${auditId.slice(-6)}\n`,
  );
  return EXIT.ok;
}
