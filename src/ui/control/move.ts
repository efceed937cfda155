import { blockedRows } from '../model/blocked.ts';
import { checkpointList, cursorKey, cursorRow, findingKeyOf } from '../model/checkpoint.ts';
import { moved } from '../model/list.ts';
import { findCheckpoint } from '../model/lookup.ts';
import { checkpointKey, overviewRows } from '../model/overview.ts';
import { bodyHeight, type Place } from '../state.ts';
import type { Wizard } from '../wizard.ts';

/** Lines the overview can use for rows in a terminal: what next lines leave it. */
export function overviewHeight(rows: number, nextLines: number): number {
  return bodyHeight({ columns: 0, rows }, 1) - nextLines - 1;
}

/** Moves the cursor of a list, or scrolls a text. */
export function move(wizard: Wizard, delta: number): void {
  const { place } = wizard;
  const view = wizard.view();
  switch (place.kind) {
    case 'overview': {
      const keys = overviewRows(view, place.expanded, overviewHeight(wizard.size().rows, 3)).map((row) => row.key);
      const cursor = moved(keys, place.cursor, delta);
      wizard.replace({ ...place, cursor, at: Math.max(0, keys.indexOf(cursor ?? '')) });
      return;
    }
    case 'checkpoint': {
      const found = findCheckpoint(view, place.id);
      if (!found) return;
      const list = checkpointList(found, place.filter);
      const cursor = moved(list.keys, cursorKey(list, place), delta);
      wizard.replace({ ...place, cursor, at: Math.max(0, list.keys.indexOf(cursor ?? '')) });
      return;
    }
    case 'blocked': {
      const count = blockedRows(view, place.checkpoint).length;
      wizard.replace({ ...place, at: Math.min(Math.max(place.at + delta, 0), Math.max(0, count - 1)) });
      return;
    }
    case 'finding':
    case 'explain':
    case 'help':
    case 'signoff':
      wizard.replace({ ...place, scroll: Math.min(Math.max(place.scroll + delta, 0), wizard.extent) });
      return;
    case 'form':
      return;
  }
}

/** Enter: opens what the cursor is on. */
export function openRow(wizard: Wizard): void {
  const { place } = wizard;
  switch (place.kind) {
    case 'overview':
      openOverviewRow(wizard, place);
      return;
    case 'checkpoint':
      openCheckpointRow(wizard, place);
      return;
    case 'blocked': {
      const target = blockedRows(wizard.view(), place.checkpoint)[place.at]?.blocker;
      if (!target) return;
      wizard.back();
      const { place: below } = wizard;
      if (below.kind === 'checkpoint' && below.id === target.checkpoint) return;
      wizard.openCheckpoint(target.checkpoint, target.check);
      return;
    }
    default:
      return;
  }
}

function openOverviewRow(wizard: Wizard, place: Extract<Place, { kind: 'overview' }>): void {
  const rows = overviewRows(wizard.view(), place.expanded, overviewHeight(wizard.size().rows, 3));
  const row = rows.find((one) => one.key === place.cursor);
  if (!row) return;
  if (row.kind === 'checkpoint') {
    wizard.openCheckpoint(row.checkpoint.id);
    return;
  }
  const [first] = row.section.checkpoints;
  const cursor = first ? checkpointKey(first.id) : row.key;
  wizard.replace({ ...place, expanded: [row.section.id], cursor, at: rows.indexOf(row) + 1 });
}

function openCheckpointRow(wizard: Wizard, place: Extract<Place, { kind: 'checkpoint' }>): void {
  const found = findCheckpoint(wizard.view(), place.id);
  const row = found ? cursorRow(found, place) : null;
  if (!found || !row) return;
  switch (row.kind) {
    case 'finding':
      wizard.go({
        kind: 'finding',
        fingerprint: row.finding.fingerprint,
        environment: row.finding.environment,
        scroll: 0,
      });
      return;
    case 'check': {
      // A check that found something leads to what it found; every other one to its explanation.
      const [first] = row.check.findings;
      const list = checkpointList(found, place.filter);
      const cursor = first ? findingKeyOf(first) : null;
      if (cursor !== null && list.index.has(cursor)) {
        wizard.replace({ ...place, cursor, at: list.keys.indexOf(cursor) });
        return;
      }
      wizard.go({ kind: 'explain', check: row.check.id, checkpoint: place.id, scroll: 0 });
      return;
    }
    case 'question':
      wizard.key({ key: 'a', text: 'a' });
      return;
    case 'heading':
      return;
  }
}
