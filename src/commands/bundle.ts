import { EXIT } from '../core/errors.ts';
import { counted, printable } from '../core/text.ts';
import type { Verification } from '../evidence/verify.ts';
import { checklist } from '../steps/checklist.ts';
import { openAuditSession } from './open-audit.ts';
import type { AuditOptions } from './options.ts';
import { resolveProject } from './targets.ts';

/** `supaready bundle`: writes the evidence bundle; its path on stdout. */
export async function bundleCommand(options: AuditOptions & { out?: string }, version: string): Promise<number> {
  const project = resolveProject(options);
  const { session } = openAuditSession({ options, project, targets: null, mode: 'headless', version, access: 'read' });
  try {
    const { path, sha256 } = await session.bundle(options.out);
    process.stdout.write(`${path}\n`);
    process.stderr.write(`digest ${sha256}\ncheck it with: supaready verify ${path}\n`);
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function signature(signed: Verification['signed']): string {
  return signed === null ? 'not signed off' : `signed off by ${printable(signed.by)} on ${signed.at.slice(0, 10)}`;
}

/** `supaready verify`: 0 it holds, 1 altered (or not ready under --require-ready), 3 unreadable. */
export async function verifyCommand(
  path: string,
  options: { requireReady?: boolean; format: 'table' | 'json' },
  version: string,
): Promise<number> {
  const { verifyBundle } = await import('../evidence/verify.ts');
  const outcome = await verifyBundle(path, { checklist, version });
  const notReady = options.requireReady === true && outcome.decision === 'blocked';
  if (notReady) outcome.problems.push({ code: 'not-ready', message: 'its decision is blocked' });
  if (options.format === 'json') {
    process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
  } else {
    const lines = [
      outcome.tier === 'BROKEN'
        ? '✖ the bundle does not hold'
        : outcome.tier === 'REPLAYED'
          ? '✔ intact, and every verdict follows from the saved facts'
          : '✔ intact; not every verdict could be derived again',
      ...(outcome.project === null ? [] : [`  project ${printable(outcome.project)}, audit ${outcome.auditId}`]),
      ...(outcome.decision === null
        ? []
        : [
            `  decision ${outcome.decision}, ${signature(outcome.signed)}; ${counted(outcome.replayed, 'result')} replayed`,
          ]),
      ...outcome.problems.map((problem) => `  ✖ ${problem.code}: ${printable(problem.message)}`),
      ...outcome.notReplayed.map((one) => `  – ${one.check} in ${one.environment} not replayed: ${one.reason}`),
      ...(outcome.digest === null ? [] : [`  digest ${outcome.digest}`]),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  return outcome.problems.length > 0 ? EXIT.notReady : EXIT.ok;
}
