import { checkpointsOf } from '../core/check.ts';
import type { Blocker } from '../core/gate.ts';
import { printable } from '../core/text.ts';
import type { AuditView } from '../engine/controller.ts';

type Audit = Pick<AuditView, 'gate' | 'checklist'>;

function needsEvidence({ checklist }: Audit, checkpoint: string, question: string | null): boolean {
  const asked = checkpointsOf(checklist).find(({ id }) => id === checkpoint)?.attestations;
  return asked?.find(({ id }) => id === question)?.evidence === 'required';
}

function isMedium({ gate }: Audit, fingerprint: string | null): boolean {
  return gate.sections.some(({ checkpoints }) =>
    checkpoints.some(({ checks }) =>
      checks.some(({ findings }) =>
        findings.some((finding) => finding.fingerprint === fingerprint && finding.severity === 'medium'),
      ),
    ),
  );
}

/** What to type for a blocker, or null where no command helps. */
function commandFor(audit: Audit, blocker: Blocker): string | null {
  const { kind, checkpoint, check, environment, fingerprint, attestation } = blocker;
  const id = fingerprint?.slice(0, 12);
  switch (kind) {
    case 'attestation-missing':
    case 'attestation-stale':
    case 'attestation-failed':
      return `supaready attest ${checkpoint} --question ${attestation} --status passed --answer "…"${needsEvidence(audit, checkpoint, attestation) ? ' --evidence FILE' : ''}`;
    case 'check-skipped':
    case 'check-error':
      return `supaready attest ${checkpoint} --covers ${check} --env ${environment} --answer "…" --evidence FILE`;
    case 'check-not-run':
    case 'check-stale':
      return `supaready check ${checkpoint}`;
    case 'finding':
      return `supaready fix ${id}, or supaready waive ${id}${isMedium(audit, fingerprint) ? ' --acknowledge' : ''}`;
    default:
      return null;
  }
}

/**
 * The next thing to do as lines for a terminal: the first thing in the way and the command for it; signing and bundling once
 * nothing is.
 */
export function nextLines(audit: Audit): string[] {
  const { gate } = audit;
  if (gate.next) {
    const command = commandFor(audit, gate.next);
    return [
      `Next: ${gate.next.checkpoint} ${printable(gate.next.message)}`,
      `  → ${printable(gate.next.next)}`,
      ...(command === null ? [] : [`    ${printable(command)}`]),
    ];
  }
  if (gate.signed)
    return [
      `Signed by ${printable(gate.signed.by)} on ${gate.signed.at.slice(0, 10)}: ${gate.signed.decision}`,
      'Next: hand it over: supaready bundle',
    ];
  return gate.decision === 'blocked' ? [] : ['Next: sign it off: supaready sign --statement "…"'];
}
