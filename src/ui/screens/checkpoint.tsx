import { type ReactNode, useMemo, useRef } from 'react';
import { Frame } from '../components/frame.tsx';
import { useWizard } from '../hooks/use-wizard.ts';
import { checkpointList, cursorKey, gateText } from '../model/checkpoint.ts';
import { checkpointLines, type RowContext } from '../model/checkpoint-line.ts';
import { between, type Line, span } from '../model/line.ts';
import { windowOf } from '../model/list.ts';
import { type FoundCheckpoint, findCheckpoint } from '../model/lookup.ts';
import { opensWhen } from '../model/overview.ts';
import { checkpointMark } from '../model/words.ts';
import type { Place } from '../state.ts';

type CheckpointPlace = Extract<Place, { kind: 'checkpoint' }>;

function headLine(found: FoundCheckpoint, width: number): Line {
  const mark = checkpointMark(found.gate);
  const title = [span(` ${found.gate.id} ${found.gate.title}`, 'strong')];
  return between(title, [span(`${mark.glyph} ${mark.words} `, mark.tone)], width);
}

function filterLine(place: CheckpointPlace): Line {
  const { text, onlyBlockers } = place.filter;
  const only = onlyBlockers ? [span(' only what blocks ', 'accent')] : [];
  const caret = place.typing ? [{ text: ' ', inverse: true }] : [];
  return [span(' / ', 'accent'), span(text), ...caret, ...only];
}

function idleLine(found: FoundCheckpoint, place: CheckpointPlace, position: string, width: number): Line {
  const end = [span(`${position} `, 'muted')];
  if (place.typing || place.filter.text !== '' || place.filter.onlyBlockers) {
    return between(filterLine(place), end, width);
  }
  const text =
    found.section.state === 'locked' ? `Section ${found.section.id} ${opensWhen(found.section)}` : gateText(found.gate);
  return between([span(` ${text}`)], end, width);
}

/** One checkpoint: its checks and what they looked at, findings worst first, questions, the gate. */
export function CheckpointScreen({ place }: { place: CheckpointPlace }): ReactNode {
  const { view, state, size } = useWizard();
  const top = useRef(0);
  const { columns } = size;
  const found = findCheckpoint(view, place.id);
  const list = found ? checkpointList(found, place.filter) : null;
  const cursor = list ? (list.index.get(cursorKey(list, place) ?? '') ?? -1) : -1;
  const several = view.state.environments.length > 1;
  const context: RowContext = useMemo(
    () => ({
      width: columns,
      environments: several,
      appeared: state.appeared,
      objectWidth: Math.min((list?.longestObject ?? 0) + (several ? 14 : 0), Math.max(12, Math.floor(columns * 0.36))),
      idWidth: Math.min((list?.longest ?? 0) + (several ? 14 : 0), Math.floor(columns * 0.4)),
    }),
    [columns, several, state.appeared, list],
  );
  if (!found || !list) return <Frame section={null} idle={[]} body={() => [[span(' this checkpoint is gone')]]} />;
  const { rows } = list;
  const body = (height: number): Line[] => {
    const { from, to } = windowOf(rows.length, cursor, top.current, height - 1, (index) => {
      const row = rows[index];
      return row && index === cursor ? checkpointLines(row, true, context).length : 1;
    });
    top.current = from;
    const shown = rows.slice(from, to).flatMap((row, index) => checkpointLines(row, from + index === cursor, context));
    return [headLine(found, columns), ...shown];
  };
  const row = rows[cursor];
  const at = row?.key ? list.keys.indexOf(row.key) + 1 : 0;
  const idle = idleLine(found, place, rows.length > size.rows - 8 ? `${at} of ${list.keys.length}` : '', columns);
  return <Frame section={found.section.id} idle={idle} body={body} />;
}
