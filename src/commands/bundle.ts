import { EXIT } from '../core/errors.ts';
import { counted, printable } from '../core/text.ts';
import type { Problem } from '../evidence/bag.ts';
import type { Verification } from '../evidence/verify.ts';
import { loadChecks } from '../steps/checklist.ts';
import { openAuditSession } from './open-audit.ts';
import type { AuditOptions } from './options.ts';
import { resolveProject } from './targets.ts';

/** `supaready bundle`: writes the evidence bundle; its path on stdout. With `handoff` somebody else goes on with the audit. */
export async function bundleCommand(
  options: AuditOptions & { out?: string; handoff?: string },
  version: string,
): Promise<number> {
  const project = resolveProject(options);
  const access = options.handoff === undefined ? 'read' : 'write';
  const { session } = openAuditSession({ options, project, targets: null, mode: 'headless', version, access });
  try {
    const { path, sha256 } =
      options.handoff === undefined
        ? await session.bundle(options.out)
        : await session.handOff(options.handoff, options.out);
    process.stdout.write(`${path}\n`);
    process.stderr.write(`digest ${sha256}\ncheck it with: supaready verify ${path}\n`);
    if (options.handoff !== undefined)
      process.stderr.write(
        `handed to ${printable(options.handoff.trim())}: here this audit can only be looked at from now on\n`,
      );
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

function signature(signed: Verification['signed']): string {
  return signed === null ? 'not signed off' : `signed off by ${printable(signed.by)} on ${signed.at.slice(0, 10)}`;
}

/** What a bundle that holds still lacks for somebody who wants to launch on it. */
function lacking(outcome: Verification, options: { requireReady?: boolean; requireSigned?: boolean }): Problem[] {
  if (outcome.problems.length > 0 || !(options.requireReady || options.requireSigned)) return [];
  if (outcome.decision === 'blocked') return [{ code: 'not-ready', message: 'its decision is blocked' }];
  if (outcome.tier !== 'REPLAYED')
    return [
      {
        code: 'not-replayed',
        message: `its decision is only claimed, since not every verdict could be derived again; verify it with supaready ${outcome.toolVersion ?? 'of the version that wrote it'}`,
      },
    ];
  if (options.requireSigned && outcome.signed === null)
    return [{ code: 'not-signed', message: 'nobody has signed it off, or what they signed has changed since' }];
  return [];
}

/** `supaready verify`: 0 it holds, 1 altered (or not ready, not signed, where that is required), 3 unreadable. */
export async function verifyCommand(
  path: string,
  options: { requireReady?: boolean; requireSigned?: boolean; format: 'table' | 'json' },
  version: string,
): Promise<number> {
  const { verifyBundle } = await import('../evidence/verify.ts');
  const outcome = await verifyBundle(path, { checklist: await loadChecks(), version });
  outcome.problems.push(...lacking(outcome, options));
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
            `  decision ${outcome.decision} as of ${outcome.asOf?.slice(0, 10)}, ${signature(outcome.signed)}; ${counted(outcome.replayed, 'result')} replayed`,
          ]),
      ...outcome.problems.map((problem) => `  ✖ ${problem.code}: ${printable(problem.message)}`),
      ...outcome.notReplayed.map((one) => `  – ${one.check} in ${one.environment} not replayed: ${one.reason}`),
      ...(outcome.digest === null ? [] : [`  digest ${outcome.digest}`]),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  return outcome.problems.length > 0 ? EXIT.notReady : EXIT.ok;
}
