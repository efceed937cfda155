import type { AuditController } from '../../engine/controller.ts';
import type { KeyContext, ScreenKind } from '../key-rules.ts';
import { blockedRows } from '../model/blocked.ts';
import { type CheckpointRow, cursorRow } from '../model/checkpoint.ts';
import { findCheck, findCheckpoint, findFinding } from '../model/lookup.ts';
import { checkpointKey } from '../model/overview.ts';
import type { Place } from '../state.ts';

/** The screen whose keys are in force at a place: typing into a filter is one of its own. */
export function screenOf(place: Place): ScreenKind {
  return (place.kind === 'checkpoint' || place.kind === 'help') && place.typing ? 'filter' : place.kind;
}

function studioOf(controller: AuditController, fingerprint: string, environment: string): string | null {
  try {
    return controller.studioUrl(fingerprint, environment);
  } catch {
    return null;
  }
}

/** What the cursor of a place is on. */
export function contextOf(controller: AuditController, place: Place): KeyContext {
  const view = controller.view();
  const base: KeyContext = {
    view,
    screen: screenOf(place),
    checkpoint: null,
    check: null,
    finding: null,
    question: null,
    studio: null,
  };
  switch (place.kind) {
    case 'overview':
      return { ...base, checkpoint: overviewCheckpoint(view, place.cursor) };
    case 'checkpoint': {
      const found = findCheckpoint(view, place.id);
      const row: CheckpointRow | null = found ? cursorRow(found, place) : null;
      const finding = row?.kind === 'finding' ? row.finding : null;
      return {
        ...base,
        checkpoint: found,
        check: row?.kind === 'check' ? row.check : null,
        finding,
        question: row?.kind === 'question' ? row.question : null,
        studio: finding ? studioOf(controller, finding.fingerprint, finding.environment) : null,
      };
    }
    case 'finding': {
      const finding = findFinding(view, place.fingerprint, place.environment);
      const owner = finding && findCheck(view, finding.check);
      return {
        ...base,
        checkpoint: owner ? findCheckpoint(view, owner.checkpoint) : null,
        finding,
        studio: finding ? studioOf(controller, finding.fingerprint, finding.environment) : null,
      };
    }
    case 'blocked': {
      const id = place.checkpoint ?? blockedRows(view, null)[place.at]?.blocker.checkpoint ?? null;
      return { ...base, checkpoint: id === null ? null : findCheckpoint(view, id) };
    }
    case 'explain':
      return { ...base, checkpoint: findCheckpoint(view, place.checkpoint) };
    default:
      return base;
  }
}

function overviewCheckpoint(view: KeyContext['view'], cursor: string | null): KeyContext['checkpoint'] {
  const prefix = checkpointKey('');
  return cursor?.startsWith(prefix) ? findCheckpoint(view, cursor.slice(prefix.length)) : null;
}
