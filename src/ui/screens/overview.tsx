import { type ReactNode, useMemo, useRef } from 'react';
import { Frame } from '../components/frame.tsx';
import { overviewHeight } from '../control/move.ts';
import { useWizard } from '../hooks/use-wizard.ts';
import { BLANK, type Line, span } from '../model/line.ts';
import { windowOf } from '../model/list.ts';
import { nextLines, overviewLine, overviewRows } from '../model/overview.ts';
import type { Place } from '../state.ts';

/** The seven sections with their state, what blocks, and the next thing to do under the cursor. */
export function Overview({ place }: { place: Extract<Place, { kind: 'overview' }> }): ReactNode {
  const { view, size } = useWizard();
  const top = useRef(0);
  const { columns } = size;
  const next = useMemo(() => nextLines(view.gate.next, view, columns), [view, columns]);
  const rows = useMemo(
    () => overviewRows(view, place.expanded, overviewHeight(size.rows, 3)),
    [view, place.expanded, size.rows],
  );
  const cursor = rows.findIndex((row) => row.key === place.cursor);
  const body = (height: number): Line[] => {
    const { from, to } = windowOf(rows.length, cursor, top.current, Math.max(1, height - next.length - 1));
    top.current = from;
    return [
      ...next,
      BLANK,
      ...rows.slice(from, to).map((row, index) => overviewLine(row, from + index === cursor, columns)),
    ];
  };
  const at = rows[cursor];
  const idle =
    at?.kind === 'checkpoint' && at.section.state === 'locked'
      ? 'Locked: it can be looked at and its checks run ahead; nothing in it can be attested'
      : '';
  return <Frame section={at?.section.id ?? null} idle={[span(` ${idle}`, 'muted')]} body={body} />;
}
