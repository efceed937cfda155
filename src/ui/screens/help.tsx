import { type ReactNode, useMemo } from 'react';
import { Scrolled } from '../components/scrolled.tsx';
import { useWizard } from '../hooks/use-wizard.ts';
import { helpLines } from '../model/help.ts';
import { type Line, span } from '../model/line.ts';
import type { Place } from '../state.ts';

/** Every key of the screen below, and why some do nothing there. */
export function HelpScreen({ place }: { place: Extract<Place, { kind: 'help' }> }): ReactNode {
  const { size } = useWizard();
  const lines = useMemo(
    () => helpLines(place.context, place.filter, size.columns),
    [place.context, place.filter, size.columns],
  );
  const head: Line[] = [[span(` Keys here (${place.context.screen})`, 'strong')]];
  const caret = place.typing ? [{ text: ' ', inverse: true }] : [];
  const idle: Line = place.typing || place.filter !== '' ? [span(' / ', 'accent'), span(place.filter), ...caret] : [];
  return (
    <Scrolled
      section={place.context.checkpoint?.section.id ?? null}
      head={head}
      lines={lines}
      scroll={place.scroll}
      idle={idle}
    />
  );
}
