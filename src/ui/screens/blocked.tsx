import { type ReactNode, useMemo, useRef } from 'react';
import { Frame } from '../components/frame.tsx';
import { useWizard } from '../hooks/use-wizard.ts';
import { blockedLines, blockedRows, pathLines } from '../model/blocked.ts';
import { BLANK, type Line, span } from '../model/line.ts';
import { windowOf } from '../model/list.ts';
import { findCheckpoint } from '../model/lookup.ts';
import type { Place } from '../state.ts';

/** Everything that holds a checkpoint (or the whole audit) back, with the next step of each. */
export function BlockedScreen({ place }: { place: Extract<Place, { kind: 'blocked' }> }): ReactNode {
  const { view, size } = useWizard();
  const top = useRef(0);
  const rows = useMemo(() => blockedRows(view, place.checkpoint), [view, place.checkpoint]);
  const at = Math.min(place.at, Math.max(0, rows.length - 1));
  const path = pathLines(view, place.checkpoint, size.columns);
  const body = (height: number): Line[] => {
    if (rows.length === 0) return [...path, BLANK, [span(' ✔ ', 'ok'), span('nothing: it is satisfied')]];
    const room = Math.max(1, height - path.length - 1);
    const { from, to } = windowOf(rows.length, at, top.current, room, (index) => (index === at ? 2 : 1));
    top.current = from;
    const shown = rows.slice(from, to).flatMap((row, index) => blockedLines(row, from + index === at, size.columns));
    return [...path, BLANK, ...shown];
  };
  const section = place.checkpoint === null ? null : (findCheckpoint(view, place.checkpoint)?.section.id ?? null);
  const idle = rows.length === 0 ? '' : ` ${at + 1} of ${rows.length}`;
  return <Frame section={section} idle={[span(idle, 'muted')]} body={body} />;
}
