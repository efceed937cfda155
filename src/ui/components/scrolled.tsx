import type { ReactNode } from 'react';
import { useWizard } from '../hooks/use-wizard.ts';
import { between, type Line, span } from '../model/line.ts';
import { Frame } from './frame.tsx';

/** A text taller than the screen, with what part of it is in view. `head` stays on top. */
export function Scrolled({
  section,
  head = [],
  lines,
  scroll,
  idle,
}: {
  section: number | null;
  head?: readonly Line[];
  lines: readonly Line[];
  scroll: number;
  idle?: Line;
}): ReactNode {
  const { wizard, size } = useWizard();
  const body = (height: number): readonly Line[] => {
    const room = Math.max(1, height - head.length);
    wizard.extent = Math.max(0, lines.length - room);
    const from = Math.min(scroll, wizard.extent);
    return [...head, ...lines.slice(from, from + room)];
  };
  const said = idle ?? [];
  const status = (room: number): Line =>
    lines.length > room
      ? between(
          said,
          [
            span(
              `${Math.min(scroll, wizard.extent) + 1}–${Math.min(lines.length, Math.min(scroll, wizard.extent) + room)} of ${lines.length} `,
              'muted',
            ),
          ],
          size.columns,
        )
      : said;
  return <Frame section={section} idle={status(Math.max(1, size.rows - 7 - head.length))} body={body} />;
}
