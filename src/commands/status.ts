import type { AuditState } from '../core/state.ts';

import { renderMatrix } from '../report/table.ts';
import { render, verdict } from './check.ts';
import { openAuditSession } from './open-audit.ts';
import type { AuditOptions, Format } from './options.ts';
import { resolveProject } from './targets.ts';

/** `supaready status`: the latest audit as it stands; nothing is collected, nothing is written. */
export async function statusCommand(
  options: AuditOptions & { format: Format; findings?: boolean; matrix?: boolean },
  version: string,
): Promise<number> {
  const project = resolveProject(options);
  const { session, store } = openAuditSession({
    options,
    project,
    targets: null,
    mode: 'headless',
    version,
    access: 'read',
  });
  try {
    const view = session.view();
    if (options.matrix && options.format === 'table') {
      process.stdout.write(renderMatrix(view));
      return verdict(view, null);
    }
    const startedAt = view.state.startedAt;
    if (options.format === 'table') {
      process.stdout.write(
        `${view.state.project}: audit ${view.state.auditId}, last entry ${view.state.lastEventAt}\n`,
      );
    }
    process.stdout.write(
      render(view, store, {
        format: options.format,
        version,
        selected: null,
        startedAt,
        skippedCredentials: {},
        findings: options.findings === true,
      }),
    );
    if (options.format === 'table') process.stdout.write(acts(view.state));
    return verdict(view, null);
  } finally {
    await session.close();
  }
}

function acts(state: AuditState): string {
  const lines = [
    ...state.attestations.map(
      (one) =>
        `  ${one.id}  attested ${one.checkpoint}${one.attestation ? ` ${one.attestation}` : ` in place of ${one.covers?.check}`} by ${one.by.name}, until ${one.expiresAt.slice(0, 10)}`,
    ),
    ...state.waivers.map(
      (one) =>
        `  ${one.id}  waived ${one.check} ${one.fingerprint.slice(0, 12)} by ${one.by.name}, until ${one.expiresAt.slice(0, 10)}`,
    ),
    ...state.acknowledgements.map(
      (one) => `  ${one.id}  acknowledged ${one.fingerprint.slice(0, 12)} by ${one.by.name}`,
    ),
    ...state.signOffs.map((one) => `  ${one.id}  signed ${one.decision} by ${one.by.name}, ${one.at}`),
  ];
  return lines.length === 0 ? '' : `\nBy people:\n${lines.join('\n')}\n`;
}
