import type { Blocker } from '../../core/gate.ts';
import type { AuditView } from '../../engine/controller.ts';
import { between, type Line, paragraph, span } from './line.ts';
import { findCheckpoint } from './lookup.ts';
import { opensWhen } from './overview.ts';

export interface BlockedRow {
  key: string;
  blocker: Blocker;
}

/** What holds a checkpoint back, or everything where `checkpoint` is null; its section's lock first. */
export function blockedRows(view: AuditView, checkpoint: string | null): BlockedRow[] {
  const blockers =
    checkpoint === null
      ? view.gate.sections.flatMap((section) =>
          section.checkpoints.flatMap((one) => one.blockers.filter((blocker) => blocker.kind !== 'locked')),
        )
      : (findCheckpoint(view, checkpoint)?.gate.blockers ?? []);
  return blockers.map((blocker, index) => ({ key: String(index), blocker }));
}

/** The path from the section's lock to this checkpoint and the one next action. */
export function pathLines(view: AuditView, checkpoint: string | null, width: number): Line[] {
  const found = checkpoint === null ? null : findCheckpoint(view, checkpoint);
  const title = found ? `Why ${found.gate.id} is not satisfied` : 'What stands between you and the sign-off';
  const lines: Line[] = [[span(` ${title}`, 'strong')]];
  if (found?.section.state === 'locked') {
    const text = `section ${found.section.id} ${found.section.name} ${opensWhen(found.section)}`;
    lines.push(...paragraph(`⊘ ${text}`, width - 2, { indent: 1 }));
  }
  const next = view.gate.next;
  if (next) {
    const advice = `Next: ${next.checkpoint} ${next.message} → ${next.next}`;
    lines.push(...paragraph(advice, width - 2, { indent: 1, tone: 'accent' }));
  }
  return lines;
}

/** A blocker in one line, and its next step below it when it is under the cursor. */
export function blockedLines(row: BlockedRow, selected: boolean, width: number): Line[] {
  const { blocker } = row;
  const environment = blocker.environment === null ? '' : ` [${blocker.environment}]`;
  const line = between(
    [
      selected ? span(' ▸ ', 'accent') : span('   '),
      span(`${blocker.checkpoint} `, 'muted'),
      span(`${blocker.message}${environment}`, selected ? 'strong' : undefined),
    ],
    [],
    width,
  );
  return selected ? [line, between([span(`       → ${blocker.next}`, 'accent')], [], width)] : [line];
}
