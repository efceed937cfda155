import type { GateAttestation, GateCheck, GateFinding } from '../core/gate.ts';
import { blocks } from '../core/severity.ts';
import type { AuditView } from '../engine/controller.ts';
import type { FoundCheckpoint } from './model/lookup.ts';
import { opensWhen } from './model/overview.ts';

export type ScreenKind =
  | 'overview'
  | 'checkpoint'
  | 'finding'
  | 'signoff'
  | 'blocked'
  | 'explain'
  | 'help'
  | 'form'
  | 'filter';

/** What the cursor is on: decides which keys do something, and why the others do not. */
export interface KeyContext {
  view: AuditView;
  screen: ScreenKind;
  checkpoint: FoundCheckpoint | null;
  check: GateCheck | null;
  finding: GateFinding | null;
  question: GateAttestation | null;
  /** Studio page of the finding, or null. */
  studio: string | null;
}

/** An audit that another terminal holds can only be looked at. */
export function readOnly({ view }: KeyContext): string | null {
  return view.readOnly ? `read-only: ${view.holder ?? 'another terminal'} holds this audit` : null;
}

function locked({ checkpoint }: KeyContext): string | null {
  if (checkpoint?.section.state !== 'locked') return null;
  const { section } = checkpoint;
  return `section ${section.id} is locked and ${opensWhen(section)}; it can be looked at, nothing in it attested`;
}

/** The cursor is on a finding. */
export const needsFinding = ({ finding }: KeyContext) => (finding ? null : 'put the cursor on a finding first');

/** The finding has SQL that mends it. */
export function needsFix(context: KeyContext): string | null {
  const missing = needsFinding(context);
  if (missing !== null) return missing;
  return context.finding?.fix.sql === null ? 'this finding has no SQL fix' : null;
}

/** The demo can run its fix. */
export function applicable({ finding, view }: KeyContext): string | null {
  return finding && view.canApply?.(finding) ? null : 'this finding is mended by hand';
}

/** Only a finding that blocks can be waived, once. */
export function canWaive(context: KeyContext): string | null {
  const reason = readOnly(context) ?? needsFinding(context);
  if (reason !== null) return reason;
  const { finding } = context;
  if (finding && !blocks(finding.severity)) return `a ${finding.severity} finding holds nothing back`;
  return finding?.state === 'waived' ? 'it is waived already; u takes that back' : null;
}

/** Only an open medium finding can be acknowledged. */
export function canAcknowledge(context: KeyContext): string | null {
  const reason = readOnly(context) ?? needsFinding(context);
  if (reason !== null) return reason;
  const { finding } = context;
  if (finding?.severity !== 'medium')
    return `only a medium finding can be acknowledged, this one is ${finding?.severity}`;
  return finding.state === 'open' ? null : `it is ${finding.state} already`;
}

/** A question, or a check that could not run, in an open section. */
export function canAttest(context: KeyContext): string | null {
  const reason = readOnly(context) ?? locked(context);
  if (reason !== null) return reason;
  const { check, question, checkpoint } = context;
  if (question) return null;
  if (check) {
    if (check.attestedBy !== null) return 'it is attested already; u takes that back';
    if (check.status === 'skipped' || check.status === 'error') return null;
  }
  return checkpoint && checkpoint.gate.attestations.length > 0 ? null : 'this checkpoint asks no question';
}

/** A sign-off that waits for a second person, or null. */
export function unapprovedSignOff({ next }: AuditView['gate']): string | null {
  return next?.kind === 'approval-missing' && next.fingerprint === null && next.attestation === null
    ? (next.awaits ?? null)
    : null;
}

/** The act here that waits for a second person: a waiver, an answer, on the last screen the sign-off. */
export function awaited({ screen, view, checkpoint, finding, question }: KeyContext): string | null {
  if (screen === 'signoff') return unapprovedSignOff(view.gate);
  const blocker = checkpoint?.gate.blockers.find(
    (one) =>
      one.awaits !== undefined &&
      (finding
        ? one.fingerprint === finding.fingerprint && one.environment === finding.environment
        : question !== null && one.attestation === question.id),
  );
  return blocker?.awaits ?? null;
}

/** The act under the cursor that can be taken back: of a finding, a question or a check attested by hand. */
export function actUnder(context: KeyContext): string | null {
  const { finding, question, check } = context;
  return finding?.coveredBy ?? question?.givenBy ?? check?.attestedBy ?? awaited(context);
}

/** Something here waits for a second person. */
export function canApprove(context: KeyContext): string | null {
  return readOnly(context) ?? (awaited(context) === null ? 'nothing here waits for a second person' : null);
}

/** The gate allows a sign-off, and there is none yet. */
export function canSign(context: KeyContext): string | null {
  const { gate } = context.view;
  const reason = readOnly(context);
  if (reason !== null) return reason;
  if (gate.signed) return `it is signed already, by ${gate.signed.by}`;
  if (unapprovedSignOff(gate) !== null) return 'it is signed already and waits for a second person: p approves';
  if (gate.decision !== 'blocked') return null;
  return `not yet: ${gate.blocking.slice(0, 6).join(', ')}${gate.blocking.length > 6 ? ' …' : ''} must be satisfied first`;
}
